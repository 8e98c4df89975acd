"""Design system: base pages, components, icons, live updates, help."""
