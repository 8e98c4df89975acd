"""Every fixed word of the documents, in the four languages. One catalogue, so that none is forgotten."""

from typing import Final

LANGUAGES: Final = ("ar", "en", "fr", "es")

# Each row: Arabic, English, French, Spanish.
_ROWS: Final[dict[str, tuple[str, str, str, str]]] = {
    "document": (
        "ملف الأدلة الرقمية",
        "Digital evidence dossier",
        "Dossier de preuve numérique",
        "Expediente de prueba digital",
    ),
    "package": ("الحزمة", "Package", "Paquet", "Paquete"),
    "made": ("حرر في", "Made on", "Établi le", "Elaborado el"),
    "digest": (
        "بصمة SHA-256 للحزمة المختومة",
        "Digest of the sealed package (SHA-256)",
        "Empreinte du paquet scellé (SHA-256)",
        "Huella del paquete sellado (SHA-256)",
    ),
    "scan": ("البصمة", "Digest", "Empreinte", "Huella"),
    "page": ("صفحة", "Page", "Page", "Página"),
    "of": ("من", "of", "sur", "de"),
    "parties": ("الطرفان", "Parties", "Parties", "Partes"),
    "requesting": ("المكتب الطالب", "Requesting bureau", "Bureau requérant", "Oficina requirente"),
    "requested": ("المكتب المطلوب منه", "Requested bureau", "Bureau requis", "Oficina requerida"),
    "request": (
        "الطلب والأساس القانوني",
        "Request and legal basis",
        "Demande et base légale",
        "Solicitud y base jurídica",
    ),
    "reference": ("رقم الطلب", "Request", "Demande", "Solicitud"),
    "case": ("رقم القضية", "Case", "Affaire", "Caso"),
    "measure": ("التدبير المطلوب", "Measure requested", "Mesure demandée", "Medida solicitada"),
    "legal_basis": ("الأساس القانوني", "Legal basis", "Base légale", "Base jurídica"),
    "offence": ("الجريمة", "Offence", "Infraction", "Delito"),
    "purpose": ("الغرض", "Purpose", "Finalité", "Finalidad"),
    "urgency": ("درجة الاستعجال", "Urgency", "Urgence", "Urgencia"),
    "sent": ("أرسل في", "Sent on", "Envoyée le", "Enviada el"),
    "due": ("الأجل", "Due by", "Échéance", "Vencimiento"),
    "contents": ("محتويات الحزمة", "Contents", "Contenu", "Contenido"),
    "file": (
        "الملف وبصمته SHA-256",
        "File and digest (SHA-256)",
        "Fichier et empreinte (SHA-256)",
        "Archivo y huella (SHA-256)",
    ),
    "size": ("الحجم بالبايت", "Size (bytes)", "Taille (octets)", "Tamaño (bytes)"),
    "total": ("المجموع", "Total", "Total", "Total"),
    "more": (
        "ملفات أخرى لا تظهر هنا؛ القائمة الكاملة في",
        "further files not shown here; the whole list is in",
        "autres fichiers non affichés ici ; la liste complète est dans",
        "archivos más que no se muestran aquí; la lista completa está en",
    ),
    "custody": ("سلسلة الحيازة", "Chain of custody", "Chaîne de possession", "Cadena de custodia"),
    "when": ("متى", "When", "Quand", "Cuándo"),
    "what": ("ماذا", "What", "Quoi", "Qué"),
    "who": ("من", "Who", "Qui", "Quién"),
    "why": ("لماذا", "Why", "Pourquoi", "Por qué"),
    "ledger": ("القيد في السجل", "Ledger entry", "Entrée au registre", "Asiento en el registro"),
    "checks": ("نتائج التحقق", "Verification", "Vérification", "Verificación"),
    "repeat": (
        "يمكن لأي شخص تكرار كل تحقق أدناه بالأمر المبين، ببرامج عامة وببرنامج التحقق المرفق بالحزمة.",
        "Anyone can repeat each check with the command shown: public programs, and the verifier in the package.",
        "Chacun peut répéter chaque contrôle avec la commande indiquée : programmes publics et vérificateur joint.",
        "Cualquiera puede repetir cada control con la orden indicada: programas públicos y el verificador del paquete.",
    ),
    "passed": ("سليم", "Passed", "Réussi", "Superada"),
    "failed": ("فشل", "Failed", "Échec", "Fallida"),
    "not-run": ("لم يجر", "Not run", "Non effectué", "No realizada"),
    "conditions": ("شروط الاستعمال", "Conditions of use", "Conditions d'utilisation", "Condiciones de uso"),
    "none": ("لا شيء", "None", "Néant", "Ninguna"),
    "checkpoint": (
        "حالة السجل الموقعة",
        "Ledger checkpoint",
        "Point de contrôle du registre",
        "Punto de control del registro",
    ),
    "origin": ("السجل", "Log", "Registre", "Registro"),
    "entries": ("عدد القيود", "Entries", "Entrées", "Asientos"),
    "root": ("بصمة الجذر", "Root digest", "Empreinte racine", "Huella raíz"),
    "signed": ("وقع في", "Signed on", "Signé le", "Firmado el"),
}

EVENTS: Final[dict[str, tuple[str, str, str, str]]] = {
    "acquired": ("الحصول على الدليل", "Acquired", "Acquisition", "Obtención"),
    "sealed": ("الختم", "Sealed", "Mise sous scellé", "Sellado"),
    "released": ("الإفراج عن الحزمة", "Released", "Remise autorisée", "Entrega autorizada"),
    "transferred": ("النقل", "Transferred", "Transmission", "Transmisión"),
    "received": ("الاستلام", "Received", "Réception", "Recepción"),
    "receipted": ("توقيع وصل الاستلام", "Receipt signed", "Accusé signé", "Acuse firmado"),
    "verified": ("التحقق", "Verified", "Vérification", "Verificación"),
    "accessed": ("الاطلاع", "Accessed", "Consultation", "Acceso"),
    "exported": ("التصدير", "Exported", "Exportation", "Exportación"),
    "returned": ("الإرجاع", "Returned", "Restitution", "Devolución"),
    "destroyed": ("الإتلاف", "Destroyed", "Destruction", "Destrucción"),
    "removed": ("الاستبعاد من الحزمة", "Taken out", "Retrait du paquet", "Retirada del paquete"),
    "release_asked": ("طلب الإفراج عن الحزمة", "Release asked for", "Remise demandée", "Entrega solicitada"),
    "release_denied": ("رفض الإفراج عن الحزمة", "Release declined", "Remise refusée", "Entrega denegada"),
    "announced": ("الإعلان عن الحزمة", "Announced", "Annonce", "Anuncio"),
    "rejected": ("رفض الحزمة", "Rejected", "Rejet", "Rechazo"),
    "countersigned": ("التوقيع المقابل", "Countersigned", "Contresignature", "Refrendo"),
}

WORDS: Final[dict[str, tuple[str, str, str, str]]] = {
    "emergency": ("طارئ", "Emergency", "Urgence vitale", "Emergencia"),
    "urgent": ("عاجل", "Urgent", "Urgent", "Urgente"),
    "routine": ("عادي", "Routine", "Ordinaire", "Ordinario"),
    "official_use_only": (
        "للاستعمال الرسمي فقط",
        "For official use only",
        "Réservé à l'usage officiel",
        "Para uso oficial exclusivamente",
    ),
    "restricted": ("مقيد", "Restricted", "Diffusion restreinte", "Difusión restringida"),
    "confidential": ("سري", "Confidential", "Confidentiel", "Confidencial"),
    "forwarding": ("الإحالة إلى", "Passing on to", "Transmission à des tiers", "Cesión a"),
    "nobody": ("لا أحد", "nobody", "personne", "nadie"),
    "retention_days": ("مدة الاحتفاظ بالأيام", "Retention, days", "Conservation, jours", "Conservación, días"),
    "destroy": ("الإتلاف عند انتهائها", "destroyed at its end", "destruction à son terme", "destrucción al vencer"),
    "return": ("الإرجاع عند انتهائها", "returned at its end", "restitution à son terme", "devolución al vencer"),
    "officer": ("ضابط", "officer", "agent", "agente"),
    "node": ("النظام", "node", "système", "sistema"),
    "bureau": ("المكتب", "bureau", "bureau", "oficina"),
}

CHECKS: Final[dict[str, tuple[str, str, str, str]]] = {
    "archive": ("بنية الحزمة", "Structure of the package", "Structure du paquet", "Estructura del paquete"),
    "age": ("فك تعمية الحزمة", "Decryption of the package", "Déchiffrement du paquet", "Descifrado del paquete"),
    "bagit": ("سلامة الملفات", "Integrity of the files", "Intégrité des fichiers", "Integridad de los archivos"),
    "cms": ("توقيع الختم", "Signature of the seal", "Signature du scellé", "Firma del sello"),
    "timestamp": ("ختم الوقت", "Time-stamp", "Horodatage", "Sello de tiempo"),
    "case": (
        "ملف المصدر CASE",
        "Provenance file (CASE)",
        "Fichier de provenance (CASE)",
        "Archivo de procedencia (CASE)",
    ),
    "ledger": ("براهين السجل", "Proofs of the ledger", "Preuves du registre", "Pruebas del registro"),
}


def labels(language: str) -> dict[str, str]:
    """The fixed words in ``language``, by key.

    Raises:
        KeyError: not one of ``LANGUAGES``.
    """
    column = _column(language)
    return {key: row[column] for key, row in _ROWS.items()}


def event(kind: str, language: str) -> str:
    """The name of a custody event, or ``kind`` itself where the catalogue has none."""
    return EVENTS[kind][_column(language)] if kind in EVENTS else kind


def check(kind: str, language: str) -> str:
    """The name of a check, or ``kind`` itself where the catalogue has none."""
    return CHECKS[kind][_column(language)] if kind in CHECKS else kind


def word(key: str, language: str) -> str:
    """An urgency, a classification or another word of a dossier, or ``key`` itself where the catalogue has none."""
    return WORDS[key][_column(language)] if key in WORDS else key


def _column(language: str) -> int:
    try:
        return LANGUAGES.index(language)
    except ValueError:
        raise KeyError(language) from None
