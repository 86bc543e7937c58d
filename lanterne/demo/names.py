"""Names of a French town: given names by decade of birth, family names, families from elsewhere.

Law: usual names only, combined at random; nobody real is meant.
"""

from __future__ import annotations

from typing import Literal

Sex = Literal["female", "male"]

_FEMALE = {
    1930: (
        "Jeanne Marie Yvette Simone Denise Paulette Suzanne Odette Jacqueline Madeleine Germaine "
        "Lucienne Andrée Renée"
    ),
    1940: (
        "Monique Jacqueline Michèle Nicole Christiane Ginette Josette Colette Arlette Huguette "
        "Éliane Bernadette Annie"
    ),
    1950: (
        "Françoise Martine Chantal Danielle Brigitte Marie-Claude Catherine Évelyne Jocelyne Annick "
        "Marie-Thérèse Mireille"
    ),
    1960: (
        "Sylvie Catherine Véronique Nathalie Isabelle Brigitte Corinne Pascale Marie-Christine "
        "Patricia Béatrice Florence"
    ),
    1970: (
        "Sandrine Stéphanie Karine Céline Valérie Christelle Laurence Séverine Delphine Virginie "
        "Sophie Anne-Laure Hélène"
    ),
    1980: "Aurélie Émilie Élodie Julie Audrey Mélanie Laëtitia Céline Élise Anne-Sophie Cécile Marion Gaëlle Jennifer",
    1990: "Laura Marine Manon Camille Pauline Marion Mathilde Léa Morgane Océane Justine Solène Anaïs Clémence Chloé",
    2000: "Léa Emma Manon Chloé Inès Camille Clara Océane Sarah Lucie Éva Jade Maëlys Romane Louise Lilou",
    2010: "Emma Jade Louise Chloé Lola Alice Inès Zoé Lina Juliette Rose Léna Anna Manon Éléonore Maëlle",
    2020: "Jade Louise Alba Ambre Emma Alma Romy Rose Alice Lou Léonie Iris Adèle Charlie Agathe Olivia Margaux",
}
_MALE = {
    1930: "Jean André Pierre René Roger Marcel Robert Georges Raymond Louis Lucien Henri Maurice Fernand Émile",
    1940: "Jean-Claude Michel Jacques Claude Gérard Daniel Bernard Jean-Pierre Guy Roger André Serge Christian Yves",
    1950: (
        "Alain Patrick Bernard Christian Jean-Luc Philippe Jean-Marie Dominique Gilles Didier "
        "Jean-François Joël Hervé"
    ),
    1960: "Philippe Pascal Thierry Éric Laurent Bruno Marc Jean-Marc Olivier Frédéric Franck Denis Christophe Stéphane",
    1970: (
        "Christophe Stéphane Sébastien David Frédéric Jérôme Nicolas Cédric Arnaud Grégory Ludovic "
        "Fabrice Yann Benoît"
    ),
    1980: (
        "Nicolas Julien Guillaume Mickaël Romain Thomas Jérémy Benoît Mathieu Aurélien Vincent "
        "Fabien Rémi Loïc Damien"
    ),
    1990: "Kévin Alexandre Maxime Thomas Anthony Florian Quentin Clément Valentin Jordan Corentin Bastien Rémi Dylan",
    2000: "Lucas Théo Hugo Enzo Mathis Nathan Clément Maxime Noé Tom Léo Baptiste Évan Gabin Antoine Yanis",
    2010: "Gabriel Louis Raphaël Jules Adam Lucas Nathan Ethan Hugo Arthur Sacha Noah Maël Timéo Éliott Augustin",
    2020: "Gabriel Léo Raphaël Louis Maël Arthur Jules Noah Sacha Isaac Côme Malo Marius Gabin Naël Lenny Ézio",
}
GIVEN: dict[Sex, dict[int, tuple[str, ...]]] = {
    "female": {decade: tuple(line.split()) for decade, line in _FEMALE.items()},
    "male": {decade: tuple(line.split()) for decade, line in _MALE.items()},
}

FAMILY = (
    "MARTIN",
    "BERNARD",
    "THOMAS",
    "PETIT",
    "ROBERT",
    "RICHARD",
    "DURAND",
    "DUBOIS",
    "MOREAU",
    "LAURENT",
    "SIMON",
    "MICHEL",
    "LEFÈVRE",
    "LEROY",
    "ROUX",
    "DAVID",
    "BERTRAND",
    "FOURNIER",
    "GIRARD",
    "BONNET",
    "DUPONT",
    "LAMBERT",
    "ROUSSEAU",
    "VINCENT",
    "MULLER",
    "FAURE",
    "ANDRÉ",
    "MERCIER",
    "BLANC",
    "GUÉRIN",
    "BOYER",
    "GARNIER",
    "CHEVALIER",
    "FRANÇOIS",
    "LEGRAND",
    "GAUTHIER",
    "PERRIN",
    "ROBIN",
    "CLÉMENT",
    "MORIN",
    "NICOLAS",
    "HENRY",
    "ROUSSEL",
    "MATHIEU",
    "GAUTIER",
    "MASSON",
    "MARCHAND",
    "DUVAL",
    "DENIS",
    "DUMONT",
    "MARIE",
    "LEMAIRE",
    "NOËL",
    "MEYER",
    "DUFOUR",
    "MEUNIER",
    "BRUN",
    "BLANCHARD",
    "GIRAUD",
    "JOLY",
    "RIVIÈRE",
    "LUCAS",
    "BRUNET",
    "GAILLARD",
    "BARBIER",
    "ARNAUD",
    "MARTINEZ",
    "GÉRARD",
    "ROCHE",
    "RENARD",
    "SCHMITT",
    "ROY",
    "LEROUX",
    "COLIN",
    "VIDAL",
    "CARON",
    "PICARD",
    "ROGER",
    "FABRE",
    "AUBERT",
    "LEMOINE",
    "RENAUD",
    "DUMAS",
    "LACROIX",
    "OLIVIER",
    "PHILIPPE",
    "BOURGEOIS",
    "PIERRE",
    "BENOÎT",
    "REY",
    "LECLERC",
    "PAYET",
    "ROLLAND",
    "LECLERCQ",
    "GUILLAUME",
    "LECOMTE",
    "LÓPEZ",
    "JEAN",
    "DUPUY",
    "GUILLOT",
    "HUBERT",
    "BERGER",
    "CARPENTIER",
    "SÁNCHEZ",
    "DUPUIS",
    "MOULIN",
    "LOUIS",
    "DESCHAMPS",
    "HUET",
    "VASSEUR",
    "PEREZ",
    "BOUCHER",
    "FLEURY",
    "ROYER",
    "KLEIN",
    "JACQUET",
    "POIRIER",
    "MARTY",
    "AUBRY",
    "GUYOT",
    "CARRÉ",
    "CHARLES",
    "RENAULT",
    "CHARPENTIER",
    "MÉNARD",
    "MAILLARD",
    "BARON",
    "BERTIN",
    "BAILLY",
    "HERVÉ",
    "SCHNEIDER",
    "LE-GOFF",
    "COLLET",
    "LÉGER",
    "BOUVIER",
    "JULIEN",
    "PRÉVOST",
    "MILLET",
    "PERROT",
    "DANIEL",
    "LE-ROUX",
    "COUSIN",
    "GERMAIN",
    "BRETON",
    "BESSON",
    "LANGLOIS",
    "RÉMY",
    "LE-GALL",
    "PELLETIER",
    "LÉVÊQUE",
    "PERRIER",
    "LEBLANC",
    "BARRÉ",
    "LEBRUN",
    "MARCHAL",
    "WEBER",
    "MALLET",
    "HAMON",
    "BOULANGER",
    "JACOB",
    "MONNIER",
    "MICHAUD",
    "RODRÍGUEZ",
    "GUICHARD",
    "GILLET",
    "ÉTIENNE",
    "GRONDIN",
    "POULAIN",
    "TESSIER",
    "CHEVALLIER",
    "COLLIN",
    "DA-SILVA",
    "BOUCHET",
    "GAY",
    "LEMAÎTRE",
    "BÉNARD",
    "MARÉCHAL",
    "HUMBERT",
    "REYNAUD",
    "ANTOINE",
    "HOARAU",
    "PERRET",
    "BARTHÉLEMY",
    "CORDIER",
    "PICHON",
    "LEJEUNE",
    "GILBERT",
    "LAMY",
    "DELAUNAY",
    "PASQUIER",
    "CARLIER",
    "LAPORTE",
    "GROS",
    "BUISSON",
    "BRIAND",
    "ALEXANDRE",
    "GEORGES",
    "D'ALMEIDA",
    "D'HERBIGNY",
    "SAINT-MARTIN",
    "DE-LA-FAYE",
    "VAUTRIN",
    "QUÉMÉNEUR",
    "LE-BRAZ",
    "ABGRALL",
)
"""A hyphen in LE-, DA-, DE- stands for a space: see `family_name`."""

# Families from elsewhere: weight, country key of places.COUNTRIES, family names, given names of women and of men.
ORIGINS: tuple[tuple[int, str, str, str, str], ...] = (
    (
        30,
        "dz",
        "BENALI KACI MEZIANE BOUZID HADDAD HAMIDI SAÏDI ZEROUAL BRAHIMI CHERIF",
        "Fatima Nadia Samira Yasmina Leïla Amel Sabrina Kenza Lina Nour",
        "Mohamed Karim Rachid Nasser Samir Yacine Bilal Rayan Ilyès Adam",
    ),
    (
        24,
        "ma",
        "EL-AMRANI BENNANI ALAOUI TAZI EL-IDRISSI BERRADA CHRAIBI LAHLOU",
        "Khadija Naïma Malika Hanane Sanaa Imane Salma Aya Hiba",
        "Hassan Abdelkader Youssef Mustapha Driss Mehdi Amine Ayoub Ismaël",
    ),
    (
        12,
        "tn",
        "TRABELSI BEN-SALAH JAZIRI GHARBI MANSOURI",
        "Sonia Ines Mouna Rym Amira Nesrine",
        "Habib Moncef Sami Walid Skander Aziz",
    ),
    (
        22,
        "pt",
        "FERREIRA DA-COSTA PEREIRA GOMES RODRIGUES LOPES MARQUES DOS-SANTOS",
        "Maria Fernanda Ana Paula Sandra Carla Inês Beatriz",
        "José Manuel António Carlos Paulo Nuno Tiago Rafael",
    ),
    (
        8,
        "it",
        "ROSSI FERRARI BIANCHI ESPOSITO RICCI",
        "Giulia Rosa Anna Carla Elena",
        "Giovanni Mario Marco Luca Bruno",
    ),
    (
        7,
        "es",
        "GARCÍA FERNÁNDEZ NAVARRO ROMERO ORTEGA",
        "Carmen Dolores Pilar Marta Lucía",
        "Antonio José-Luis Miguel Javier Pablo",
    ),
    (
        12,
        "sn",
        "DIOP NDIAYE FALL SOW DIALLO GUEYE",
        "Aminata Fatou Awa Mariama Khady Aïssatou",
        "Mamadou Ousmane Ibrahima Cheikh Moussa Abdoulaye",
    ),
    (
        8,
        "ci",
        "KOUASSI KONAN TRAORÉ COULIBALY BAMBA",
        "Adjoua Mariam Affoué Grâce Esther",
        "Koffi Yao Issouf Serge Jean-Marc",
    ),
    (
        7,
        "tr",
        "YILMAZ KAYA DEMIR ÇELIK ŞAHIN",
        "Ayşe Fatma Elif Zeynep Sevda",
        "Mehmet Mustafa Ali Emre Yusuf",
    ),
    (
        6,
        "vn",
        "NGUYEN TRAN LE PHAM HOANG",
        "Thi-Lan Thi-Mai Linh Minh-Anh Kim",
        "Van-Minh Duc Tuan Quang Bao",
    ),
    (6, "ro", "POPESCU IONESCU DUMITRU STAN", "Elena Ioana Mihaela Andreea", "Andrei Mihai Ion Cristian"),
    (
        5,
        "pl",
        "KOWALSKI NOWAK WIŚNIEWSKI ZIELIŃSKI",
        "Anna Agnieszka Małgorzata Zofia",
        "Piotr Krzysztof Tomasz Jan",
    ),
    (5, "gb", "TAYLOR BROWN WILSON EVANS", "Margaret Susan Emily Charlotte", "David Peter James Andrew"),
)


def decade(year: int) -> int:
    """The decade of the tables a birth year falls in."""
    return min(2020, max(1930, year // 10 * 10))


def family_name(raw: str) -> str:
    """A table name as written: particles take their space ("LE-GOFF" is LE GOFF), other hyphens stay."""
    for particle in ("LE-", "DA-", "DE-LA-", "DOS-", "EL-", "BEN-"):
        if raw.startswith(particle):
            return particle.replace("-", " ") + raw[len(particle) :]
    return raw
