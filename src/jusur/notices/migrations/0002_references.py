from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE notices_reference AS bigint", "DROP SEQUENCE notices_reference")]
