"""README.txt of a package: in four languages, how to check it with programs that everybody has."""

from jusur.packages.layout import (
    CONDITIONS,
    CUSTODY,
    NETWORK_CA,
    SEALS,
    SIGNATURE,
    SUFFIX,
    TIMESTAMP,
    TSA_ROOT,
    VERIFIER,
)
from jusur.standards import bagit

COMMANDS = {
    "age": "age -d -i KEY.txt {id}" + SUFFIX + " | tar -x",
    "bagit": "bagit.py --validate {id}",
    "manifests": f"sha256sum -c {bagit.MANIFEST} {bagit.TAG_MANIFEST} {SEALS}",
    "cms": (
        f"openssl cms -verify -binary -inform DER -in {SIGNATURE} -content {bagit.TAG_MANIFEST}"
        f" -CAfile {NETWORK_CA} -out /dev/null"
    ),
    "timestamp": f"openssl ts -verify -in {TIMESTAMP} -token_in -data {SIGNATURE} -CAfile {TSA_ROOT}",
    "ledger": f"python3 {VERIFIER} {CUSTODY}",
}
"""The commands by check; all but the first two are run inside the package's folder."""

_ENGLISH = (
    "This is an evidence package. The evidence is in the folder data/. Anyone can check it:",
    "1. Open the sealed file with the receiving bureau's key:",
    "2. Check that nothing is missing or changed:",
    "3. Inside the folder, check every digest again:",
    (
        "4. Check who sealed it, and when (compare both authorities' certificates with ones you got elsewhere;"
        " for an expired certificate add -attime with the time-stamp's time):"
    ),
    "5. Check the custody log's proofs, offline:",
    f"The conditions of use in {CONDITIONS} bind everyone who holds a copy.",
)
_FRENCH = (
    "Ceci est un lot de preuves. Les preuves sont dans le dossier data/. Chacun peut le vérifier :",
    "1. Ouvrir le fichier scellé avec la clé du bureau destinataire :",
    "2. Vérifier que rien ne manque et que rien n'a changé :",
    "3. Dans le dossier, revérifier chaque empreinte :",
    (
        "4. Vérifier qui l'a scellé et quand (comparez les certificats des deux autorités à ceux obtenus par ailleurs ;"
        " pour un certificat expiré, ajoutez -attime avec l'heure de l'horodatage) :"
    ),
    "5. Vérifier hors ligne les preuves du registre de la chaîne de possession :",
    f"Les conditions d'utilisation ({CONDITIONS}) lient quiconque détient une copie.",
)
_SPANISH = (
    "Este es un paquete de pruebas. Las pruebas están en la carpeta data/. Cualquiera puede verificarlo:",
    "1. Abrir el archivo sellado con la clave de la oficina destinataria:",
    "2. Comprobar que no falta ni ha cambiado nada:",
    "3. Dentro de la carpeta, comprobar de nuevo cada resumen:",
    (
        "4. Comprobar quién lo selló y cuándo (compare los certificados de ambas autoridades con los obtenidos por otra"
        " vía; si un certificado ha caducado, añada -attime con la hora del sello de tiempo):"
    ),
    "5. Comprobar sin conexión las pruebas del registro de la cadena de custodia:",
    f"Las condiciones de uso ({CONDITIONS}) obligan a quien tenga una copia.",
)
_ARABIC = (
    "هذه حزمة أدلة. توجد الأدلة في المجلد data/. ويمكن لأي شخص التحقق منها:",
    "1. فتح الملف المختوم بمفتاح المكتب المتلقي:",
    "2. التحقق من عدم نقص أي شيء أو تغيّره:",
    "3. داخل المجلد، التحقق مجددًا من كل بصمة رقمية:",
    (
        "4. التحقق ممّن ختمها ومتى (قارن شهادتي السلطتين بنسختين حصلت عليهما من مصدر آخر؛"
        " وإذا انتهت صلاحية شهادة فأضف -attime مع وقت الختم الزمني):"
    ),
    "5. التحقق دون اتصال من إثباتات سجل سلسلة الحيازة:",
    f"شروط الاستخدام الواردة في {CONDITIONS} ملزمة لكل من يحوز نسخة.",
)


def readme(package_id: str) -> bytes:
    """The text of README.txt for the package ``package_id``, UTF-8."""
    commands = {name: command.format(id=package_id) for name, command in COMMANDS.items()}
    sections = []
    for title, lines in (("English", _ENGLISH), ("Français", _FRENCH), ("Español", _SPANISH), ("العربية", _ARABIC)):
        intro, age, bag, digests, seals, ledger, conditions = lines
        steps = [
            (age, ("age",)),
            (bag, ("bagit",)),
            (digests, ("manifests",)),
            (seals, ("cms", "timestamp")),
            (ledger, ("ledger",)),
        ]
        body = [title, "-" * len(title), intro, ""]
        for sentence, names in steps:
            body += [sentence, *(f"    {commands[name]}" for name in names), ""]
        sections.append("\n".join([*body, conditions]))
    return ("\n\n\n".join([f"Jusur {package_id}", *sections]) + "\n").encode()
