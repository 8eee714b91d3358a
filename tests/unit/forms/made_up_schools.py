"""Made-up schools whose truth is known: everything that their national forms say."""

import random
from dataclasses import dataclass, field, replace

LOW = (1, 26, 31, 36, 41, 46, 51, 56, 61, 66)

BANDS = (
    "25人及以下", "26-30人", "31-35人", "36-40人", "41－45人", "46-50人", "51-55人", "56-60人",
    "61-65人", "66人及以上",
)  # fmt: skip

GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")

WORDS = {
    "primary": ("211", "小学"),
    "teaching_point": ("218", "小学教学点"),
    "junior": ("311", "初级中学"),
    "nine_year": ("312", "九年一贯制学校"),
    "complete_secondary": ("341", "完全中学"),
    "kindergarten": ("111", "幼儿园"),
}

URBAN = {"111": "主城区", "121": "镇中心区", "210": "乡中心区", "220": "村庄"}

STAGES = {
    "primary": ("primary",),
    "teaching_point": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior",),
    "kindergarten": (),
}


@dataclass(frozen=True)
class School:
    """A made-up school: everything its forms say."""

    code: str
    name: str
    kind: str
    urban: str
    lon: float
    lat: float
    pupils: dict  # grade -> pupils
    size: dict  # grade -> (classes, least size of their band)
    boarders: dict  # stage -> pupils
    left_behind: dict
    teachers: dict
    degree: dict  # stage -> (postgraduate, bachelor, college)
    key: dict
    arts: dict  # stage -> (sports, art, music, painting)
    titles: dict  # stage -> (full, associate, middle)
    rooms: float
    gym: float
    ground: float
    equipment_wan: str
    books: int
    multimedia: int
    computers: int
    toilets: float = 80
    senior: int = 0
    year: int = 2021
    address: str = "云溪县清溪镇中心街十二号"
    owner: str = "县级教育部门"
    changes: dict = field(default_factory=dict)

    @property
    def stages(self):
        return STAGES[self.kind]

    def of_stage(self, stage):
        grades = range(1, 7) if stage == "primary" else range(7, 10)
        return [self.pupils.get(g, 0) for g in grades]

    def but(self, **changes):
        return replace(self, **changes)

    def truth(self):
        """Give the row of the schools table that must come out."""
        both = len(self.stages) > 1 or self.senior > 0

        def total(part):
            return sum(part[s] for s in self.stages)

        parts = {
            "teachers": self.teachers,
            "teachers_above_degree": {
                s: sum(d if s == "primary" else d[:2]) for s, d in self.degree.items()
            },
            "key_teachers": self.key,
            "pe_art_teachers": {s: sum(a) for s, a in self.arts.items()},
            "mid_title_teachers": {s: sum(t) for s, t in self.titles.items()},
        }
        row = {
            "name": self.name,
            "kind": self.kind,
            "urban_rural": self.urban,
            "enrolment_g13": sum(self.pupils.get(g, 0) for g in (1, 2, 3)),
            "enrolment_g46": sum(self.pupils.get(g, 0) for g in (4, 5, 6)),
            "enrolment_g79": sum(self.pupils.get(g, 0) for g in (7, 8, 9)),
            "boarders": total(self.boarders),
            "left_behind": total(self.left_behind),
            "classes": sum(n for n, _ in self.size.values()),
            "teaching_area_m2": self.rooms - self.gym,
            "sports_area_m2": self.ground + self.gym,
            "equipment_yuan": round(float(self.equipment_wan) * 10_000, 2),
            "books": self.books,
            "multimedia_rooms": self.multimedia,
            "computers": self.computers,
            "largest_class_from": max((low for n, low in self.size.values() if n), default=None),
            "school_year": self.year,
            "ownership": self.owner,
            "enrolment_senior": self.senior or None,
            "address": self.address,
        }
        for name, part in parts.items():
            row[name] = total(part)
            row[f"{name}_junior"] = part["junior"] if both and "junior" in self.stages else None
        return row


def made_up(n, seed=0, year=2021, kinds=("primary", "teaching_point", "junior", "nine_year")):
    """Make schools up."""
    rng = random.Random(seed)  # noqa: S311 - made-up numbers
    schools = []
    for i in range(n):
        kind = kinds[i % len(kinds)]
        category = {"junior": "31", "complete_secondary": "34", "kindergarten": "11"}.get(
            kind, "21"
        )
        schools.append(_school(rng, f"{category}34{100001 + i}", i, kind, year))
    return schools


def _school(rng, code, i, kind, year):
    first = {"teaching_point": 1, "junior": 7, "complete_secondary": 7}.get(kind, 1)
    last = {"teaching_point": 3, "primary": 6, "kindergarten": 0}.get(kind, 9)
    pupils, size = {}, {}
    for grade in range(first, last + 1):
        classes = rng.randint(1, 4)
        at = rng.randrange(len(LOW) - 1)
        pupils[grade] = classes * (LOW[at] + rng.randrange(5)) + rng.randrange(3)
        size[grade] = (classes, LOW[at])
    stages = STAGES[kind]

    def some(most):
        return {s: rng.randint(0, most) for s in stages}

    teachers = {s: rng.randint(30, 90) for s in stages}
    return School(
        code=code,
        name=f"云溪县第{i + 1}{WORDS[kind][1]}",
        kind=kind,
        urban=rng.choice(list(URBAN)),
        lon=round(116.9 + 0.003 * i + rng.random() / 1000, 6),
        lat=round(31.4 + rng.random() / 10, 6),
        pupils=pupils,
        size=size,
        boarders=some(60),
        left_behind=some(40),
        teachers=teachers,
        degree={s: (rng.randint(0, 3), rng.randint(5, 15), rng.randint(0, 9)) for s in stages},
        key=some(8),
        arts={s: (rng.randint(1, 5), rng.randint(0, 1), 2, rng.randint(0, 3)) for s in stages},
        titles={s: (rng.randint(0, 1), rng.randint(1, 4), rng.randint(3, 9)) for s in stages},
        rooms=float(rng.randint(1500, 6000)),
        gym=float(rng.choice([0, 420, 618])),
        ground=rng.randint(2000, 9000) + 0.5,
        equipment_wan=f"{rng.randint(20, 400)}.{rng.randint(10, 99)}",
        books=rng.randint(4000, 30000),
        multimedia=rng.randint(4, 40),
        computers=rng.randint(20, 200),
        senior=rng.randint(300, 900) if kind == "complete_secondary" else 0,
        year=year,
    )


def has(school, stage):
    return not stage or stage in school.stages or (stage == "senior" and school.senior > 0)
