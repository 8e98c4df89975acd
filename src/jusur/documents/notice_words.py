"""Every fixed word of a notice on paper, in the four languages."""

from typing import Final

LANGUAGES: Final = ("ar", "en", "fr", "es")

# Each row: Arabic, English, French, Spanish.
_ROWS: Final[dict[str, tuple[str, str, str, str]]] = {
    "notice": ("نشرة", "Notice", "Notice", "Notificación"),
    "diffusion": ("تعميم", "Diffusion", "Diffusion", "Difusión"),
    "reference": ("الرقم", "Reference", "Référence", "Referencia"),
    "source": ("المصدر", "Source", "Source", "Fuente"),
    "published": ("صدرت في", "Published on", "Publiée le", "Publicada el"),
    "expires": ("تنتهي في", "In force until", "En vigueur jusqu'au", "Vigente hasta"),
    "state": ("الحالة", "State", "État", "Estado"),
    "request": ("المطلوب", "What is asked", "Demande", "Lo solicitado"),
    "made": ("حررت في", "Printed on", "Imprimée le", "Impresa el"),
    "verify": (
        "تحققوا من الحالة الراهنة قبل كل استعمال",
        "Verify the present state before every use",
        "Vérifiez l'état actuel avant tout usage",
        "Verifique el estado actual antes de cada uso",
    ),
    "page": ("صفحة", "Page", "Page", "Página"),
    "of": ("من", "of", "sur", "de"),
    "original": ("النص الأصلي", "Original", "Texte original", "Texto original"),
    "translation": ("الترجمة", "Translation", "Traduction", "Traducción"),
    "person": ("الهوية", "Identity", "Identité", "Identidad"),
    "name": ("اللقب", "Family name", "Nom", "Apellido"),
    "forename": ("الاسم", "Forename", "Prénom", "Nombre"),
    "other_names": ("أسماء أخرى", "Other names", "Autres noms", "Otros nombres"),
    "sex": ("الجنس", "Sex", "Sexe", "Sexo"),
    "female": ("أنثى", "Female", "Féminin", "Femenino"),
    "male": ("ذكر", "Male", "Masculin", "Masculino"),
    "unknown": ("غير معروف", "Unknown", "Inconnu", "Desconocido"),
    "born": ("تاريخ الميلاد", "Date of birth", "Date de naissance", "Fecha de nacimiento"),
    "birthplace": ("مكان الميلاد", "Place of birth", "Lieu de naissance", "Lugar de nacimiento"),
    "nationality": ("الجنسية", "Nationality", "Nationalité", "Nacionalidad"),
    "height": ("الطول (سم)", "Height (cm)", "Taille (cm)", "Estatura (cm)"),
    "weight": ("الوزن (كغ)", "Weight (kg)", "Poids (kg)", "Peso (kg)"),
    "marks": ("علامات فارقة", "Distinguishing marks", "Signes particuliers", "Señas particulares"),
    "description": ("الأوصاف", "Description", "Signalement", "Descripción"),
    "document": ("وثيقة", "Document", "Document", "Documento"),
    "case": ("القضية", "Case", "Affaire", "Caso"),
    "case_reference": ("رقم القضية", "Case number", "Numéro de l'affaire", "Número del caso"),
    "facts": ("الوقائع", "Facts", "Faits", "Hechos"),
    "facts_date": ("تاريخ الوقائع", "Date of the facts", "Date des faits", "Fecha de los hechos"),
    "facts_place": ("مكان الوقائع", "Place of the facts", "Lieu des faits", "Lugar de los hechos"),
    "charges": ("التهم", "Charges", "Charges", "Cargos"),
    "penalty": ("أقصى عقوبة", "Maximum penalty", "Peine maximale", "Pena máxima"),
    "life": ("المؤبد", "Life", "Perpétuité", "Cadena perpetua"),
    "warrant": ("أمر القبض", "Arrest warrant", "Mandat d'arrêt", "Orden de detención"),
    "body": ("الجثة", "Body", "Corps", "Cadáver"),
    "found_on": ("عثر عليها في", "Found on", "Découvert le", "Hallado el"),
    "found_at": ("مكان العثور", "Found at", "Découvert à", "Hallado en"),
    "threat": ("التهديد", "Threat", "Menace", "Amenaza"),
    "manner": ("الأسلوب", "Manner", "Mode opératoire", "Modo de operar"),
    "objects": ("أشياء", "Objects", "Objets", "Objetos"),
    "place": ("المكان", "Place", "Lieu", "Lugar"),
    "advice": ("توصيات", "Advice", "Conseils", "Consejos"),
    "assets": ("الأصول", "Assets", "Avoirs", "Activos"),
    "account": ("حساب", "Account", "Compte", "Cuenta"),
    "wallet": ("محفظة", "Wallet", "Portefeuille", "Monedero"),
    "property": ("عقار", "Property", "Immeuble", "Inmueble"),
    "vehicle": ("مركبة", "Vehicle", "Véhicule", "Vehículo"),
    "company": ("شركة", "Company", "Société", "Empresa"),
    "valuables": ("نفائس", "Valuables", "Objets de valeur", "Objetos de valor"),
    "other": ("غير ذلك", "Other", "Autre", "Otro"),
    "sanction": ("عقوبات الأمم المتحدة", "United Nations sanctions", "Sanctions des Nations Unies", "Sanciones"),
    "resolution": ("القرار", "Resolution", "Résolution", "Resolución"),
    "in_force": ("سارية", "In force", "En vigueur", "Vigente"),
    "drafted": ("مسودة", "Draft", "Projet", "Borrador"),
    "over": ("غير سارية", "Not in force", "Pas en vigueur", "No vigente"),
    "official_use_only": ("للاستعمال الرسمي فقط", "For official use only", "Usage officiel uniquement", "Uso oficial"),
    "restricted": ("مقيد", "Restricted", "Diffusion restreinte", "Difusión restringida"),
    "confidential": ("سري", "Confidential", "Confidentiel", "Confidencial"),
}


def words(language: str) -> dict[str, str]:
    """Every word in ``language``."""
    place = LANGUAGES.index(language)
    return {key: row[place] for key, row in _ROWS.items()}
