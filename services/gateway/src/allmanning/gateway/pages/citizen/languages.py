"""Languages that one may ask in, told in themselves, and that an AI answers (AI Act art. 50.1, 50.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Welcome:
    """A language by its own name and BCP 47 tag, and what its readers are told."""

    tag: str
    name: str
    text: str
    direction: str = "ltr"


WELCOMES: Final = (
    Welcome(
        "ar",
        "العربية",
        "هذه خدمة ذكاء اصطناعي. يمكنك أن تسأل بالعربية. المصادر باللغة السويدية.",
        "rtl",
    ),
    Welcome("en", "English", "This is an AI service. You can ask in English. The sources are in Swedish."),
    Welcome("fa", "فارسی", "این یک سرویس هوش مصنوعی است. می‌توانید به فارسی بپرسید. منابع به زبان سوئدی هستند.", "rtl"),
    Welcome("fi", "Suomi", "Tämä on tekoälypalvelu. Voit kysyä suomeksi. Lähteet ovat ruotsiksi."),
    Welcome(
        "pl",
        "Polski",
        "To jest usługa oparta na sztucznej inteligencji. Możesz pytać po polsku. Źródła są po szwedzku.",
    ),
    Welcome(
        "so", "Soomaali", "Tani waa adeeg AI ah. Waxaad wax ku weydiin kartaa af-Soomaali. Ilaha waa af-Iswiidhish."
    ),
    Welcome(
        "uk",
        "Українська",
        "Це сервіс зі штучним інтелектом. Ви можете запитати українською. Джерела — шведською мовою.",
    ),
)
