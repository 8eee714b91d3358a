"""Where in the texts that were read each number of a shipped profile stands.

A path into them gives the number itself, or a text in which it must occur (~).
"""

FACT, ROW, TEXT = "fact", "row", "text"

STAGES = ("primary", "junior")

NATIONAL = {
    "travel_limit_minutes_g13": "row cn-layout-national.rule.g1_3_travel_time.value",
    "junior_per_township": "row cn-layout-national.rule.junior_per_township.value",
    "small_school_pupils": "row cn-layout-national.rule.small_school.value",
    "class_size_teaching_point": "row cn-layout-national.rule.class_size_primary.note ~",
    "class_size_primary": "row cn-layout-national.rule.class_size_primary.value",
    "class_size_junior": "row cn-layout-national.rule.class_size_junior.value",
    "large_class_pupils": "row cn-layout-national.rule.large_class.value",
    "extra_large_class_pupils": "row cn-layout-national.rule.extra_large_class.value",
    "large_class_share_max": "row cn-layout-national.rule.large_class_share.value",
    "size_max_single_stage": "fact size_primary_junior_max.value",
    "size_max_nine_year": "fact size_through_school_max.value",
    "bus_speed_max_kmh_motorway": "fact school_bus_speed_max.value.motorway",
    "bus_speed_max_kmh": "fact school_bus_speed_max.value.other",
    "bus_speed_max_kmh_hazard": "fact school_bus_speed_max.value.hazard_or_low_visibility",
    "floor_m2_per_place_primary": "fact anhui_standard_2018.value.floor_m2_no_dorm.primary",
    "floor_m2_per_place_junior": "fact anhui_standard_2018.value.floor_m2_no_dorm.junior",
    "limit_kmh_no_centre_line_rural": "fact road_default_limits.value.no_centre_line.rural",
    "limit_kmh_no_centre_line_urban": "fact road_default_limits.value.no_centre_line.urban",
    "limit_kmh_one_lane_rural": "fact road_default_limits.value.one_lane_each_way.rural",
    "limit_kmh_hazard": "fact road_default_limits.value.bends_narrow_bridges_snow",
    "cycling_age_min": "text under 12 may not cycle on roads",
}

BASIC = {
    "basic_cv_max_primary": "fact cv_composite_primary_max.value",
    "basic_cv_max_junior": "fact cv_composite_junior_max.value",
    "basic_government_score_min": "fact government_score_min.value",
    "basic_public_satisfaction_min": "fact public_satisfaction_min_2012.value",
    "split_weight_junior": "row cn-basic-2012.split_weights.junior",
    "split_weight_senior": "fact quality_split_weights.value.complete_secondary.1",
    "split_weight_senior_twelve_year": "row cn-basic-2012.split_weights.senior",
}


_INDICATORS = {
    "teachers_above_degree_per100": "teachers_above_degree_per100",
    "key_teachers_per100": "key_teachers_per100",
    "pe_art_teachers_per100": "pe_art_teachers_per100",
    "teaching_area_m2": "teaching_area",
    "sports_area_m2": "sports_area",
    "equipment_yuan": "equipment_value",
    "multimedia_rooms_per100": "multimedia_rooms_per100",
}

QUALITY = {
    **{
        f"quality_{ours}_{stage}": f"row cn-quality-2017.indicator.{theirs}.{stage}"
        for ours, theirs in _INDICATORS.items()
        for stage in STAGES
    },
    **{f"quality_cv_max_{stage}": f"row cn-quality-2017.rule.cv_{stage}.value" for stage in STAGES},
    **{f"quality_class_size_{stage}": f"fact class_size_max.value.{stage}" for stage in STAGES},
    **{
        f"quality_catchment_share_min_{stage}": f"fact catchment_enrolment_min.value.{stage}"
        for stage in STAGES
    },
    "quality_indicators_met_min": "fact quality_k_of_n.value.k",
    "quality_floor_share": "fact quality_k_of_n.value.floor_share",
    "quality_teaching_point_pupils_min": "fact quality_scope_excluded.value ~",
    "split_weight_junior": "fact quality_split_weights.value.nine_year.1",
    "split_weight_senior": "fact quality_split_weights.value.complete_secondary.1",
    "split_weight_senior_twelve_year": "fact quality_split_weights.value.twelve_year.2",
    "quality_decimals_school": "fact quality_form_rounding.value.school_values",
    "quality_decimals_county_mean": "fact quality_form_rounding.value.county_mean",
    "quality_decimals_cv": "fact quality_form_rounding.value.cv",
    "quality_decimals_percent": "fact quality_form_rounding.value.shares_percent",
    "quality_size_max_single_stage": "fact size_primary_junior_max.value",
    "quality_size_max_through": "fact size_through_school_max.value",
    "quality_size_max_single_stage_relaxed": "fact size_relaxed_max.value.primary_junior",
    "quality_size_max_through_relaxed": "fact size_relaxed_max.value.nine_year",
    "quality_relaxed_size_built_by": "fact size_relaxed_max.value.if ~",
    "quality_relaxed_size_migrant_share": "fact size_relaxed_max.value.if ~%",
    "quality_relaxed_years": "text must reach the standard within three years of recognition",
    "quality_classes_per_music_room": "fact music_art_rooms.quote ~",
    "quality_classes_per_art_room": "fact music_art_rooms.value.rounding ~",
    "quality_music_room_m2_min": "fact music_art_rooms.value.music_m2",
    "quality_art_room_m2_min": "fact music_art_rooms.value.art_m2",
    "quality_relaxed_rooms_built_by": "fact music_art_rooms_relaxed.quote ~",
    "quality_music_room_m2_relaxed": (
        "fact music_art_rooms_relaxed.value.built_2016_or_earlier.music_m2"
    ),
    "quality_art_room_m2_relaxed": (
        "fact music_art_rooms_relaxed.value.built_2016_or_earlier.art_m2"
    ),
    "quality_relaxed_rooms_class_below": "fact music_art_rooms_relaxed.quote ~",
    "quality_room_m2_small_primary": (
        "fact music_art_rooms_relaxed.value.largest_class_below_30_rural.primary_m2"
    ),
    "quality_room_m2_small_junior": (
        "fact music_art_rooms_relaxed.value.largest_class_below_30_rural.junior_m2"
    ),
    "quality_visiting_teachers_pupils_min": "fact pe_art_teacher_relaxed.quote ~",
    "quality_visiting_teachers_pupils_below": "fact pe_art_teacher_relaxed.quote ~",
    "quality_leased_sports_walk_minutes": "fact sports_area_relaxed.quote ~",
    "funding_headcount_floor": "fact funding_headcount_floor.value",
    "quality_special_funding_yuan_min": "fact special_ed_funding_min.value",
    "quality_rotation_share_min": "fact teacher_rotation_min.value.share_of_eligible",
    "quality_rotation_key_share_min": "fact teacher_rotation_min.value.key_teachers_of_rotated",
    "quality_senior_quota_share_min": "fact senior_quota_min.value",
    "quality_migrant_public_share_min": "fact migrant_public_min.value",
    "quality_retention_junior_min": "row cn-quality-2017.rule.junior_retention.value",
    "quality_disabled_enrolment_min": "row cn-quality-2017.rule.disabled_enrolment.value",
    "quality_satisfaction_min": "row cn-quality-2017.rule.satisfaction.value",
    "quality_years_since_basic_min": "row cn-quality-2017.rule.prerequisite_years.value",
}


_RURAL = "row cn-build-rural-2008."


_LAND = {
    ("primary", 6): 0,
    ("primary", 12): 1,
    ("junior", 12): 2,
    ("junior", 18): 3,
    ("primary_boarding", 12): 4,
    ("junior_boarding", 12): 5,
    ("junior_boarding", 18): 6,
}


_LAND_KEYS = {
    "building_m2": "building_land_m2",
    "sports_m2": "sports_land_m2",
    "green_m2": "green_m2",
    "total_m2": "total_m2",
    "per_pupil_m2": "per_pupil",
}

RURAL = {
    "rural_class_size_incomplete_primary": f"{_RURAL}class_size.incomplete_primary",
    "rural_class_size_primary": f"{_RURAL}class_size.primary_now",
    "rural_class_size_primary_future": f"{_RURAL}class_size.primary_future",
    "rural_class_size_junior": f"{_RURAL}class_size.junior_now",
    "rural_class_size_junior_future": f"{_RURAL}class_size.junior_future",
    "rural_classes_incomplete_primary": f"{_RURAL}classes.incomplete_primary.0",
    "rural_classes_min_primary": f"{_RURAL}classes.primary.0",
    "rural_classes_max_primary": f"{_RURAL}classes.primary.3",
    "rural_classes_min_junior": f"{_RURAL}classes.junior.0",
    "rural_classes_max_junior": f"{_RURAL}classes.junior.2",
    "rural_size_incomplete_primary": f"{_RURAL}size_limits.incomplete",
    "rural_size_min_primary": f"{_RURAL}size_limits.primary_min",
    "rural_size_max_primary": f"{_RURAL}size_limits.primary_max",
    "rural_size_min_junior": f"{_RURAL}size_limits.junior_min",
    "rural_size_max_junior": f"{_RURAL}size_limits.junior_max",
    **{
        f"rural_floor_area_ratio_max_{stage}": f"{_RURAL}rule.far.value.{stage}" for stage in STAGES
    },
    **{
        f"rural_land_{ours}_{kind}_{classes}": f"{_RURAL}land.{row}.{theirs}"
        for (kind, classes), row in _LAND.items()
        for ours, theirs in _LAND_KEYS.items()
    },
}


_URBAN = "row cn-build-urban-2002."


_CLASSES = {
    "primary": (12, 18, 24, 30),
    "nine_year": (18, 27, 36, 45),
    "junior": (12, 18, 24, 30),
}


_URBAN_TABLE = [
    (kind, number, classes)
    for kind, many in _CLASSES.items()
    for number, classes in enumerate(many)
]

URBAN = {
    **{f"urban_class_size_{stage}": f"{_URBAN}class_size.{stage}" for stage in STAGES},
    **{f"urban_classes_min_{kind}": f"{_URBAN}classes.{kind}.0" for kind in _CLASSES},
    **{f"urban_classes_max_{kind}": f"{_URBAN}classes.{kind}.3" for kind in _CLASSES},
    **{f"urban_size_max_{kind}": f"{_URBAN}size_limits.{kind}_max" for kind in _CLASSES},
    **{
        f"urban_floor_m2_{table}_{kind}_{classes}": (
            f"fact jb2002_floor_area.value.{table}.{kind}.{classes}"
        )
        for kind, _, classes in _URBAN_TABLE
        for table in ("basic", "planned")
    },
    **{
        f"urban_floor_m2_{table}_per_pupil_{kind}_{classes}": (
            f"{_URBAN}floor_area_{kind}.{number}.{place}"
        )
        for kind, number, classes in _URBAN_TABLE
        for table, place in (("basic", 3), ("planned", 5))
    },
}


_PEOPLE = "row cn-urban-radius.rule.population_per_school.value"

RADIUS = {
    "service_radius_m_max_primary": "fact urban_service_radius_max.value.primary_m",
    "service_radius_m_max_junior": "fact urban_service_radius_max.value.secondary_m",
    "route_crossings_max": "row cn-urban-radius.rule.no_crossing.value",
    **{
        f"population_per_{stage}_{end}": f"{_PEOPLE}.{stage}.{number}"
        for stage in STAGES
        for number, end in enumerate(("min", "max"))
    },
    "ten_minute_walk_m": "fact ten_minute_circle.value.walk_m",
    "ten_minute_population_min": "fact ten_minute_circle.value.population.0",
    "ten_minute_population_max": "fact ten_minute_circle.value.population.1",
}

BUS = {
    **{k: v for k, v in NATIONAL.items() if k.startswith(("bus_speed", "limit_kmh", "cycling"))},
    "limit_kmh_one_lane_urban": "fact road_default_limits.value.one_lane_each_way.urban",
    "bus_seats_min": "text Art. 2 ≥7 seats",
    **{
        f"design_speed_kmh_{ours}_class{end}": f"fact road_design_speed.value.{theirs}.{number}"
        for ours, theirs in (("second", "二级"), ("third", "三级"), ("fourth", "四级"))
        for number, end in enumerate(("", "_low"))
    },
}

FUNDING = {
    "public_funds_yuan_primary": "fact public_funds_per_pupil.value.primary",
    "public_funds_yuan_junior": "fact public_funds_per_pupil.value.junior",
    "public_funds_yuan_boarder_add": "fact public_funds_per_pupil.value.boarder_add",
    "funding_headcount_floor": "fact funding_headcount_floor.value",
    "boarder_subsidy_yuan_primary": "fact boarder_living_subsidy.value.primary",
    "boarder_subsidy_yuan_junior": "fact boarder_living_subsidy.value.junior",
    "non_boarder_subsidy_share": "fact boarder_living_subsidy.value.non_boarder_share",
    "repair_yuan_per_m2_east_central": "fact building_repair_rate.value.east_central",
    "repair_yuan_per_m2_west": "fact building_repair_rate.value.west",
    "meal_subsidy_yuan_per_day": "fact meal_subsidy.value.yuan_per_day",
    "meal_school_days": "fact meal_subsidy.value.school_days",
    "spending_yuan_primary_2023": "fact expenditure_per_pupil_2023.value.primary",
    "spending_yuan_junior_2023": "fact expenditure_per_pupil_2023.value.junior",
    "pupils_per_post_primary": "fact teacher_posts_ratio.value.primary",
    "pupils_per_post_junior": "fact teacher_posts_ratio.value.junior",
    "pupils_per_post_senior": "fact teacher_posts_ratio.value.senior",
    "small_school_posts_share_by_pupils": "fact small_school_posts_rule.quote ~half",
}


_AH = "fact anhui_standard_2018.value."

ANHUI = {
    "province_walk_km_max_primary": "fact anhui_primary_radius.value",
    "floor_m2_per_place_primary": f"{_AH}floor_m2_no_dorm.primary",
    "floor_m2_per_place_junior": f"{_AH}floor_m2_no_dorm.junior",
    "province_sports_m2_min_primary": f"{_AH}sports_m2.primary",
    "province_sports_m2_min_junior": f"{_AH}sports_m2.junior",
    "province_books_min_primary": f"{_AH}books.primary",
    "province_books_min_junior": f"{_AH}books.junior",
    "province_pupils_per_computer_max": f"{_AH}pupils_per_computer",
    "province_class_size_primary": f"{_AH}class.primary",
    "province_class_size_junior": f"{_AH}class.junior",
    "province_size_max_single_stage": f"{_AH}size.primary_junior",
    "province_size_max_through": f"{_AH}size.through",
    "province_size_max_kindergarten": "fact anhui_conduct_2024_sizes.value.kindergarten",
    "province_size_max_new_senior": "fact anhui_conduct_2024_sizes.value.new_senior",
    "province_posts_per_class_min": "fact anhui_teacher_floor.value.posts_per_class_rural_primary",
    "province_posts_teaching_point_min": "fact anhui_teacher_floor.value.posts_per_teaching_point",
}


_SD = "fact shandong_2018_urban.value."


_HENAN_21 = "fact henan_layout_2021.value."


_HENAN = "fact henan_layout_2011.value."


_FUNDS = "fact funding_headcount_floor_local.value.福建2017."


_ZJ = "row cn-zhejiang-modern."


_US = "row us-district.rule."

PROFILES = {
    "cn-layout-national": NATIONAL,
    "cn-basic-2012": BASIC,
    "cn-quality-2017": QUALITY,
    "cn-construction-rural-2008": RURAL,
    "cn-construction-urban-2002": URBAN,
    "cn-urban-radius": RADIUS,
    "cn-school-bus": BUS,
    "cn-funding-and-posts": FUNDING,
    "cn-projection": {
        "small_school_pupils": "row cn-layout-national.rule.small_school.value",
        **dict.fromkeys(
            (f"births_national_{year}" for year in range(2010, 2014)),
            "text 2010 1588, 2011 1600, 2012 1635, 2013 1640",
        ),
        **{
            f"births_national_{year}": f"fact births_wan_first_published.value.{year}"
            for year in range(2014, 2026)
        },
    },
    "cn-province-anhui": ANHUI,
    "cn-province-xinjiang": {
        "province_walk_minutes_max": "row cn-xinjiang.rule.walk_time.value",
        "province_bus_walk_minutes_over": "fact xinjiang_bus_trigger.value",
    },
    "cn-province-sichuan": {
        "province_walk_km_max_g14": "row cn-sichuan.rule.low_mid_grades.value",
        "province_walk_km_max_g56": "row cn-sichuan.rule.high_grades.value",
    },
    "cn-province-hebei": {
        "province_walk_km_max_primary": "fact hebei_layout.value.primary_radius_km",
        "closure_notice_days_min": "fact hebei_layout.value.notice_days",
    },
    "cn-province-jiangxi": {
        "province_walk_km_max_primary": "text Anhui, Shandong, Jiangxi: primary walk radius ≤2 km",
        "layout_plan_notice_days_min": "fact jiangxi_layout_plan_notice.value",
    },
    "cn-province-shandong": {
        "province_walk_km_max_primary": "text Anhui, Shandong, Jiangxi: primary walk radius ≤2 km",
        "service_radius_m_max_primary": "fact urban_service_radius_max_residential.value.primary_m",
        "service_radius_m_max_junior": "fact urban_service_radius_max_residential.value.junior_m",
        "province_classes_max_kindergarten": f"{_SD}max_classes.kindergarten",
        "province_classes_max_primary_junior": f"{_SD}max_classes.primary_junior",
        "province_classes_max_nine_year": f"{_SD}max_classes.nine_year",
        "province_classes_max_senior": f"{_SD}max_classes.senior",
        "province_class_size_primary": f"{_SD}class.primary",
        "province_class_size_secondary": f"{_SD}class.secondary",
    },
    "cn-province-fujian": {
        "funding_headcount_floor": f"{_FUNDS}primary_lt100",
        "funding_headcount_floor_primary_100_199": f"{_FUNDS}primary_100_199",
        "funding_headcount_floor_junior": f"{_FUNDS}junior_lt300",
    },
    "cn-province-henan": {
        "province_residents_per_new_primary": f"{_HENAN_21}residents_per_new_primary",
        "province_residents_per_new_junior": f"{_HENAN_21}residents_per_new_junior",
        "province_size_max_single_stage": f"{_HENAN_21}size.primary_junior",
        "province_size_max_through": f"{_HENAN_21}size.through",
    },
    "cn-province-henan-2011": {
        "henan_2011_people_per_junior": f"{_HENAN}people_per_junior",
        "henan_2011_two_juniors_at": f"{_HENAN}two_juniors_at",
        "henan_2011_classes_min_junior_plain": f"{_HENAN}junior_min_classes_plain",
        "henan_2011_pupils_min_junior_plain": f"{_HENAN}junior_min_pupils_plain",
        "henan_2011_classes_min_junior_mountain": f"{_HENAN}junior_min_classes_mountain",
        "henan_2011_pupils_min_junior_mountain": f"{_HENAN}junior_min_pupils_mountain",
        "henan_2011_people_per_primary_plain": f"{_HENAN}people_per_primary_plain",
        "henan_2011_entry_cohort_min": f"{_HENAN}entry_cohort_min_full_primary",
        "henan_2011_radius_km_primary_plain": f"{_HENAN}primary_radius_km_plain",
        "henan_2011_town_people_per_primary": f"{_HENAN}town_people_per_primary_24cl",
        "henan_2011_town_people_per_junior": f"{_HENAN}town_people_per_junior_36cl",
    },
    "cn-province-zhejiang": {
        **{
            f"modern_pupils_per_teacher_max_{kind}": f"{_ZJ}pupils_per_teacher.{kind}"
            for kind in ("primary", "junior", "senior", "special")
        },
        "modern_bachelor_share_min_primary": f"{_ZJ}bachelor_share.primary",
        "modern_class_size_primary": "text share_classes_at_most_40",
        "modern_class_size_junior": "text share_classes_at_most_45",
        "modern_small_classes_share_min_primary": f"{_ZJ}share_classes_at_most_40.primary",
        "modern_small_classes_share_min_junior": f"{_ZJ}share_classes_at_most_45.junior",
        **{f"modern_books_min_{stage}": f"{_ZJ}books_per_pupil.{stage}" for stage in STAGES},
        **{
            f"modern_mid_title_per100_min_{stage}": f"{_ZJ}mid_title_teachers_per100.{stage}"
            for stage in STAGES
        },
    },
    "iiep-generic": {
        "iiep_isochrone_minutes_first": "row iiep-generic.rule.isochrone_bands.value.0",
        "iiep_isochrone_minutes_second": "row iiep-generic.rule.isochrone_bands.value.1",
        "iiep_isochrone_minutes_third": "row iiep-generic.rule.isochrone_bands.value.2",
        "iiep_walk_km_max_primary": "row iiep-generic.rule.max_walk_primary.value",
        "iiep_coverage_share_min": "row iiep-generic.rule.coverage_indicator.value",
    },
    "india-rte": {
        "rte_walk_km_max_g15": "row india-rte.rule.primary.value",
        "rte_walk_km_max_g68": "row india-rte.rule.upper_primary.value",
    },
    "cn-supervision": {},
    "us-district": {
        "us_utilisation_trigger_min": f"{_US}hcpss_utilisation.value.0",
        "us_utilisation_trigger_max": f"{_US}hcpss_utilisation.value.1",
        "us_utilisation_ideal_min": f"{_US}tsd_ideal.value.0",
        "us_utilisation_ideal_max": f"{_US}tsd_ideal.value.1",
        "us_utilisation_efficient_min": f"{_US}cps_efficient.value.0",
        "us_utilisation_efficient_max": f"{_US}cps_efficient.value.1",
        "us_closure_notice_school_years_min": f"{_US}notice_before_closure.value",
        "us_walk_to_stop_km_max_primary": f"{_US}walk_to_stop.value.primary",
        "us_walk_to_stop_km_max_junior": f"{_US}walk_to_stop.value.junior",
        "us_ride_minutes_max": f"{_US}ride_time.value",
    },
    "de-school-transport": {
        "de_carried_km_over_g14": "fact germany_bus_threshold.value.grades_1_4_km",
        "de_carried_km_over_g510": "fact germany_bus_threshold.value.grades_5_10_km",
    },
}

SEEN_AGAIN = {
    # The fact's note: sizes and classes were seen in two texts.
    "cn-province-anhui": {
        "province_class_size_primary",
        "province_class_size_junior",
        "province_size_max_single_stage",
        "province_size_max_through",
    },
}
"""Numbers of a fact seen in one text that a second place confirms."""
