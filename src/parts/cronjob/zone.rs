//! Time zones: how far from Greenwich, and when summer time begins and ends.
//!
//! The rules are those in force today, and apply to every year. Places whose rules differ from all of these (and the
//! many that hardly anybody names) are not known: their CronJobs get the warning that a controller without a time
//! zone database gives.

use crate::k8s::Timestamp;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// When a zone keeps summer time, an hour ahead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Summer {
    Never,
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC everywhere.
    Europe,
    /// Second Sunday of March to first Sunday of November, at 02:00 by the clock.
    America,
    /// First Sunday of October to first Sunday of April, at 02:00 standard time.
    Australia,
    /// Last Sunday of September to first Sunday of April, at 02:00 standard time.
    NewZealand,
}

/// A time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Zone {
    /// Seconds east of Greenwich in standard time.
    standard: i64,
    summer: Summer,
}

/// Minutes east of Greenwich, summer time, and the places.
const PLACES: [(i64, Summer, &str); 38] = [
    (
        0,
        Summer::Never,
        "UTC Etc/UTC GMT Etc/GMT UCT Etc/UCT Zulu Etc/Zulu Universal Etc/Universal Greenwich Local \
         Atlantic/Reykjavik Africa/Abidjan Africa/Accra Africa/Dakar",
    ),
    (
        0,
        Summer::Europe,
        "Europe/London Europe/Dublin Europe/Lisbon GB Eire Portugal WET",
    ),
    (
        60,
        Summer::Never,
        "Africa/Lagos Africa/Algiers Africa/Tunis Africa/Kinshasa Africa/Luanda",
    ),
    (
        60,
        Summer::Europe,
        "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels Europe/Vienna \
         Europe/Zurich Europe/Stockholm Europe/Oslo Europe/Copenhagen Europe/Warsaw Europe/Prague Europe/Budapest \
         Europe/Belgrade Europe/Zagreb Europe/Ljubljana Europe/Bratislava Europe/Luxembourg Europe/Monaco \
         Europe/Malta Europe/Sarajevo Europe/Skopje Europe/Tirane Poland CET MET",
    ),
    (
        120,
        Summer::Never,
        "Africa/Johannesburg Africa/Harare Africa/Lusaka Africa/Maputo Africa/Tripoli Africa/Khartoum \
         Europe/Kaliningrad Libya",
    ),
    (
        120,
        Summer::Europe,
        "Europe/Helsinki Europe/Athens Europe/Kyiv Europe/Kiev Europe/Bucharest Europe/Sofia Europe/Riga \
         Europe/Tallinn Europe/Vilnius Asia/Nicosia EET",
    ),
    (
        180,
        Summer::Never,
        "Europe/Moscow Europe/Istanbul Europe/Minsk Asia/Istanbul Asia/Riyadh Asia/Baghdad Asia/Kuwait Asia/Qatar \
         Asia/Amman Asia/Damascus Africa/Nairobi Africa/Addis_Ababa Turkey W-SU",
    ),
    (210, Summer::Never, "Asia/Tehran Iran"),
    (
        240,
        Summer::Never,
        "Asia/Dubai Asia/Baku Asia/Tbilisi Asia/Yerevan Asia/Muscat Europe/Samara Indian/Mauritius",
    ),
    (270, Summer::Never, "Asia/Kabul"),
    (
        300,
        Summer::Never,
        "Asia/Karachi Asia/Tashkent Asia/Almaty Asia/Yekaterinburg Indian/Maldives",
    ),
    (
        330,
        Summer::Never,
        "Asia/Kolkata Asia/Calcutta Asia/Colombo",
    ),
    (345, Summer::Never, "Asia/Kathmandu Asia/Katmandu"),
    (
        360,
        Summer::Never,
        "Asia/Dhaka Asia/Urumqi Asia/Omsk Asia/Thimphu Asia/Bishkek",
    ),
    (390, Summer::Never, "Asia/Yangon Asia/Rangoon"),
    (
        420,
        Summer::Never,
        "Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Saigon Asia/Novosibirsk Asia/Phnom_Penh",
    ),
    (
        480,
        Summer::Never,
        "Asia/Shanghai Asia/Hong_Kong Asia/Taipei Asia/Singapore Asia/Macau Asia/Chongqing Asia/Harbin \
         Asia/Kuala_Lumpur Asia/Manila Asia/Ulaanbaatar Australia/Perth Asia/Irkutsk PRC ROC Hongkong Singapore",
    ),
    (
        540,
        Summer::Never,
        "Asia/Tokyo Asia/Seoul Asia/Pyongyang Japan ROK",
    ),
    (570, Summer::Never, "Australia/Darwin"),
    (570, Summer::Australia, "Australia/Adelaide"),
    (
        600,
        Summer::Never,
        "Australia/Brisbane Asia/Vladivostok Pacific/Guam Pacific/Port_Moresby",
    ),
    (
        600,
        Summer::Australia,
        "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra",
    ),
    (720, Summer::Never, "Pacific/Fiji Kwajalein"),
    (720, Summer::NewZealand, "Pacific/Auckland NZ"),
    (
        -180,
        Summer::Never,
        "America/Sao_Paulo America/Argentina/Buenos_Aires America/Buenos_Aires America/Montevideo",
    ),
    (
        -210,
        Summer::America,
        "America/St_Johns Canada/Newfoundland",
    ),
    (
        -240,
        Summer::Never,
        "America/Caracas America/La_Paz America/Manaus America/Puerto_Rico",
    ),
    (-240, Summer::America, "America/Halifax Canada/Atlantic"),
    (
        -300,
        Summer::Never,
        "America/Bogota America/Lima America/Panama America/Jamaica America/Cancun EST Jamaica",
    ),
    (
        -300,
        Summer::America,
        "America/New_York America/Toronto America/Detroit America/Montreal US/Eastern Canada/Eastern EST5EDT",
    ),
    (
        -360,
        Summer::Never,
        "America/Mexico_City America/Costa_Rica America/Guatemala America/Regina",
    ),
    (
        -360,
        Summer::America,
        "America/Chicago America/Winnipeg US/Central Canada/Central CST6CDT",
    ),
    (-420, Summer::Never, "America/Phoenix US/Arizona MST"),
    (
        -420,
        Summer::America,
        "America/Denver America/Edmonton America/Boise US/Mountain MST7MDT Navajo",
    ),
    (
        -480,
        Summer::America,
        "America/Los_Angeles America/Vancouver America/Tijuana US/Pacific PST8PDT",
    ),
    (-540, Summer::America, "America/Anchorage US/Alaska"),
    (-600, Summer::Never, "Pacific/Honolulu US/Hawaii HST"),
    (-660, Summer::Never, "Pacific/Pago_Pago Pacific/Midway"),
];

impl Zone {
    pub(super) const UTC: Self = Self {
        standard: 0,
        summer: Summer::Never,
    };

    /// The zone of a name; none is UTC.
    pub(super) fn find(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::UTC);
        }
        // In these names the sign is turned round: Etc/GMT+5 lies to the west.
        let west: Option<i64> = name.strip_prefix("Etc/GMT").and_then(|h| h.parse().ok());
        if let Some(west) = west {
            return (-14..=12).contains(&west).then_some(Self {
                standard: -west * HOUR,
                summer: Summer::Never,
            });
        }
        let mut rows = PLACES.iter();
        let row = rows.find(|(.., places)| places.split_whitespace().any(|place| place == name))?;
        Some(Self {
            standard: row.0 * 60,
            summer: row.1,
        })
    }

    /// Seconds east of Greenwich at a moment.
    pub(super) fn offset_at(self, at: Timestamp) -> i64 {
        let year = Timestamp(at.0 + self.standard).civil().year;
        let local = |month, nth, hour| sunday(year, month, nth) + hour * HOUR - self.standard;
        let (from, to, south) = match self.summer {
            Summer::Never => return self.standard,
            Summer::Europe => (sunday(year, 3, 0) + HOUR, sunday(year, 10, 0) + HOUR, false),
            // The clock stands an hour ahead when summer time ends.
            Summer::America => (local(3, 2, 2), local(11, 1, 1), false),
            Summer::Australia => (local(10, 1, 2), local(4, 1, 2), true),
            Summer::NewZealand => (local(9, 0, 2), local(4, 1, 2), true),
        };
        let summer = if south {
            at.0 >= from || at.0 < to
        } else {
            (from..to).contains(&at.0)
        };
        self.standard + if summer { HOUR } else { 0 }
    }
}

/// Midnight of a Sunday of a month: the first, the second, …; 0: the last.
fn sunday(year: i64, month: u32, nth: i64) -> i64 {
    // The last one is the one before the first of the next month.
    let month = month + u32::from(nth == 0);
    let first = Timestamp::from_civil(year, month, 1, 0, 0, 0);
    let until_sunday = (7 - i64::from(first.civil().weekday)) % 7;
    first.0 + (until_sunday + 7 * (nth - 1)) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_begins_and_ends() {
        // The last moment of one time and the first of the other.
        for (zone, at, minutes) in [
            ("Asia/Shanghai", "2026-07-01T00:00:00Z", 480),
            ("Asia/Kolkata", "2026-01-01T00:00:00Z", 330),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", 60),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 120),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", 120),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", 60),
            ("America/New_York", "2026-03-08T06:59:59Z", -300),
            ("America/New_York", "2026-03-08T07:00:00Z", -240),
            ("America/New_York", "2026-11-01T05:59:59Z", -240),
            ("America/New_York", "2026-11-01T06:00:00Z", -300),
            ("Australia/Sydney", "2026-04-04T15:59:59Z", 660),
            ("Australia/Sydney", "2026-04-04T16:00:00Z", 600),
            ("Australia/Sydney", "2026-10-03T16:00:00Z", 660),
            ("Pacific/Auckland", "2026-09-26T14:00:00Z", 780),
            ("Etc/GMT+5", "2026-07-01T00:00:00Z", -300),
            ("", "2026-07-01T00:00:00Z", 0),
        ] {
            let at = Timestamp::parse(at).expect("a time");
            let zone = Zone::find(zone).expect("a zone");
            assert_eq!(zone.offset_at(at), minutes * 60, "{zone:?} {at}");
        }
        assert_eq!(Zone::find("Antarctica/Troll"), None);
    }
}
