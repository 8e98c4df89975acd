"""A dossier's data for the tests: real names of offices, invented case."""

from datetime import UTC, datetime, timedelta

from jusur.documents.records import (
    CheckpointRecord,
    CheckRow,
    CustodyRow,
    DossierData,
    FileRow,
    Party,
    RequestRecord,
)

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TITLES = {
    "ar": "سجلات خادم مركز احتيال في أوسلو",
    "en": "Server records of a scam centre in Oslo",
    "fr": "Registres du serveur d'un centre d'escroquerie à Oslo",
    "es": "Registros del servidor de un centro de estafas en Oslo",
}
TEXTS = {
    "ar": (
        "المكتب المركزي الوطني بالرباط",
        "إصدار بيانات المشتركين وحركة المرور",
        "اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية، المادة 44",
        "الاحتيال المنظم عبر منصات الاستثمار الوهمية",
        "لا تُحال إلى طرف ثالث دون موافقة أوسلو المكتوبة (H1).",
        "طلب المكتب الطالب MA-2026-0042",
    ),
    "en": (
        "NCB Rabat",
        "Production of subscriber and traffic data",
        "UN Convention against Cybercrime, Article 44",
        "Organised fraud by sham investment platforms",
        "Not to be passed to a third party without Oslo's written consent (H1).",
        "Request MA-2026-0042 of the requesting bureau",
    ),
    "fr": (
        "BCN Rabat",
        "Production de données d'abonné et de trafic",
        "Convention des Nations Unies contre la cybercriminalité, article 44",
        "Escroquerie organisée par de fausses plateformes d'investissement",
        "Ne pas transmettre à un tiers sans l'accord écrit d'Oslo (H1).",
        "Demande MA-2026-0042 du bureau requérant",
    ),
    "es": (
        "OCN Rabat",
        "Entrega de datos de abonado y de tráfico",
        "Convención de las Naciones Unidas contra la Ciberdelincuencia, artículo 44",
        "Estafa organizada mediante plataformas de inversión ficticias",
        "No debe transmitirse a terceros sin el consentimiento escrito de Oslo (H1).",
        "Solicitud MA-2026-0042 de la oficina requirente",
    ),
}


def dossier(language: str, *, files: int = 6) -> DossierData:
    """A whole dossier in ``language`` with ``files`` files."""
    bureau, measure, basis, offence, condition, why = TEXTS[language]
    steps = [START + timedelta(minutes=47 * number) for number in range(6)]
    kinds = ("acquired", "sealed", "released", "transferred", "received", "verified")
    return DossierData(
        title=TITLES[language],
        package_id="018f3c1e-7b1a-7c2d-9e3f-0123456789ab",
        package_digest=DIGEST,
        package_bytes=2_147_521_024,
        made_at=steps[5],
        handling={"ar": "للاستعمال الرسمي فقط", "fr": "USAGE OFFICIEL", "es": "USO OFICIAL"}.get(
            language, "FOR OFFICIAL USE ONLY"
        ),
        requesting=Party("MA", bureau),
        requested=Party("NO", "NCB Oslo"),
        request=RequestRecord(
            "MA-2026-0042", "DGSN/2026/1187", measure, basis, offence, condition, "72 h", START, steps[5]
        ),
        files=tuple(
            FileRow(f"data/disk-01/var/log/mail/2026-10-{number:02}.log", 1_048_576 * 7**number % 10**10, DIGEST)
            for number in range(1, files + 1)
        ),
        custody=tuple(
            CustodyRow(moment, kind, f"Kari Nordmann ({kind[0].upper()}-17), NCB Oslo", why, 1200 + number)
            for number, (kind, moment) in enumerate(zip(kinds, steps, strict=True))
        ),
        checks=(
            CheckRow("age", "passed", "age -d -i rabat.key package.tar.age > package.tar", "age 1.1.1"),
            CheckRow("bagit", "passed", "bagit.py --validate package/", "bagit 1.9.0"),
            CheckRow(
                "cms",
                "passed",
                "openssl cms -verify -binary -inform DER -in seal.p7s -content package.tar.age"
                " -CAfile network-ca.pem -purpose any -out /dev/null",
                "OpenSSL 3.0.15",
            ),
            CheckRow("timestamp", "failed", "openssl ts -verify -in seal.tsr -data seal.p7s -CAfile tsa.pem"),
            CheckRow("case", "passed", "case_validate package/case.jsonld", "CASE 1.5.0"),
            CheckRow("ledger", "not-run", "python3 jusur_verify.py proofs/"),
        ),
        conditions=(condition, condition),
        checkpoint=CheckpointRecord("jusur.int/log/NO", 1207, "qgI7pm2bQ6XyJ0p3m7eYf0q5o2kXWqzXy1s2Vd3L7fE=", steps[5]),
    )
