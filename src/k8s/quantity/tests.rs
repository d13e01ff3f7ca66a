//! What the real server and kubectl make of texts.

use super::*;
use crate::value;
use proptest::prelude::*;

fn printed(text: &str) -> String {
    Quantity::parse(text).map_or_else(|e| e.to_string(), |q| q.canonical().to_string())
}

#[test]
fn canonical_forms() {
    for (text, want) in [
        ("0", "0"),
        ("0.5", "500m"),
        ("1.5", "1500m"),
        ("1000m", "1"),
        ("2000m", "2"),
        ("100", "100"),
        ("1000", "1k"),
        ("1500", "1500"),
        ("1000000", "1M"),
        ("1024Mi", "1Gi"),
        ("1023Mi", "1023Mi"),
        ("0.5Gi", "512Mi"),
        ("1.5Gi", "1536Mi"),
        ("1Ki", "1Ki"),
        ("0.5Ki", "512"),
        ("0.5Mi", "512Ki"),
        ("1e3", "1e3"),
        ("1e2", "100"),
        ("12e6", "12e6"),
        ("1E", "1E"),
        ("1e+06", "1e6"),
        ("0.1n", "1n"),
        ("0.0001", "100u"),
        ("-1", "-1"),
        ("-0.5Gi", "-512Mi"),
        ("+5", "5"),
        ("005", "5"),
        (".5", "500m"),
        ("5.", "5"),
        ("100E", "100E"),
        ("1000E", "1"),
        ("10Ei", "9223372036854775807"),
        (" 1 ", "1"),
    ] {
        assert_eq!(printed(text), want, "{text}");
    }
}

/// Recorded from `kubectl set resources --local`.
#[test]
fn stored_forms() {
    let recorded = "0.5|500m 1000m|1 1000|1k 1500|1500 1000000|1M 1024Mi|1Gi 0.5Gi|512Mi 1Ki|1Ki \
        0.5Ki|512 0.1Ki|102400m 1e3|1e3 1e2|100 12e6|12e6 1E|1E 1e+06|1e+06 0.1n|1n 0.0001|100u \
        -0.5Gi|-512Mi +5|+5 005|005 .5|500m 5.|5. 100E|100E 9223372036854775808|9223372036854775808 \
        1e30|1e30 1e-3|1e-3 1.5e0|1500e-3 1E3|1E3 1Ei|1Ei 10Ei|9223372036854775807 \
        7.9Ei|9108079886394091110400m 1.1Mi|1153433600m 1023|1023 Mi|0 .|0 -|0 0Mi|0 0.0|0 -0|0 \
        00|0 0e5|0 1.0|1 1.10|1100m 123456789.123456789|123456789.123456789 \
        123456789.1234567891|123456789123456790n 0.0000000001|1n -0.0000000001|-1n 1500u|1500u \
        1000000n|1m 1000k|1M 1e-1000|1e-9 5n|5n 999999999999999999999|999999999999999999999 \
        1.5Ei|1536Pi 0.001Ki|1024m 0.3Ki|307200m 1025Ki|1025Ki 1048576Ki|1Gi 1000P|1E 999P|999P \
        -1025Ki|-1025Ki 1e18|1e18 1e19|10e18 1500e-3|1500e-3 1.23e1|12300e-3 \
        1e40|10e39 12.5e40|12.5e40 -10e1999|-100e1998 12345678901234567890123456789012345E|12345678901234567890123456789012345E \
        1000000000000000000000000000000000000000000000000500m|1000000000000000000000000000000000000000000000000500m \
        100000000000000000000000000000000000000000000000|100";
    for case in recorded.split_whitespace() {
        let (text, want) = case.split_once('|').expect("a pair");
        assert_eq!(Quantity::stored_form(text).as_deref(), Ok(want), "{text}");
    }
}

#[test]
fn errors() {
    for (text, want) in [
        ("", QuantityError::Format),
        ("lots", QuantityError::Format),
        ("1 Gi", QuantityError::Format),
        ("1,5", QuantityError::Format),
        ("100MB", QuantityError::Format),
        ("1.1.1", QuantityError::Format),
        ("128mi", QuantityError::Suffix),
        ("1K", QuantityError::Suffix),
        ("1i", QuantityError::Suffix),
        ("1e", QuantityError::Suffix),
        ("1m5", QuantityError::Suffix),
    ] {
        assert_eq!(Quantity::parse(text), Err(want), "{text}");
    }
    assert_eq!(
        Quantity::read(&value!(true)).map_err(|e| e.to_string()),
        Err("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'".to_owned())
    );
}

#[test]
fn rounding_and_arithmetic() {
    let q = |text: &str| Quantity::parse(text).expect("a quantity");
    assert_eq!(q("0.1m").milli_value(), 1);
    assert_eq!(q("1500m").value(), 2);
    assert_eq!(q("-1500m").value(), -2);
    assert_eq!(q("0.0001").rounded_to_milli().to_string(), "1m");
    assert_eq!(q("1Gi").plus(&q("512Mi")).to_string(), "1536Mi");
    assert_eq!(q("0").plus(&q("512Mi")).to_string(), "512Mi");
    assert_eq!(q("2").minus(&q("500m")).to_string(), "1500m");
    assert!(q("1024Mi") == q("1Gi") && q("1G") < q("1Gi"));
    assert!(Quantity::of(&value!("x")).is_zero());
    assert_eq!(Quantity::of(&value!(2)).milli_value(), 2000);
}

/// Sums beyond every machine word, as `kubectl describe quota` showed them.
#[test]
fn sums_of_any_length() {
    for (a, b, sum, difference) in [
        ("9e28", "1e28", "100e27", "80e27"),
        ("3e40", "4e40", "70e39", "-10e39"),
        (
            "1e30",
            "1n",
            "1000000000000000000000000000000000000001n",
            "999999999999999999999999999999999999999e-9",
        ),
        (
            "2e30",
            "1000000000000000000000000000000001m",
            "3000000000000000000000000000000001m",
            "",
        ),
        ("-1e1000", "1e1000", "0", "-20e999"),
        ("0", "1e+30", "1e30", "-1e30"),
        (
            "9223372036854775807",
            "1",
            "9223372036854775808",
            "9223372036854775806",
        ),
        ("8Ei", "8Ei", "18446744073709551614", "0"),
    ] {
        let (a, b) = (
            Quantity::parse(a).expect("a"),
            Quantity::parse(b).expect("b"),
        );
        let shown = |q: Quantity| q.to_string();
        let of = |format| {
            shown(Quantity {
                format,
                ..a.plus(&b)
            })
        };
        assert!(
            shown(a.plus(&b)) == sum || of(Format::DecimalSi) == sum,
            "{a:?} {b:?}"
        );
        if !difference.is_empty() {
            assert_eq!(shown(a.minus(&b)), difference, "{a:?} {b:?}");
        }
        assert_eq!(a.plus(&b).minus(&b), a, "{a:?} {b:?}");
    }
}

/// What a machine word makes of amounts that it cannot hold.
#[test]
fn values_of_the_large() {
    for (text, value, milli) in [
        ("9e18", 9_000_000_000_000_000_000, 0),
        ("9223372036854775807", i64::MAX, -1000),
        ("9223372036854775808", i64::MIN, 0),
        ("1e30", 0, 0),
        ("18446744073709551617", 1, 1000),
        ("-18446744073709551617", -1, -1000),
    ] {
        let quantity = Quantity::parse(text).expect("a quantity");
        assert_eq!(
            (quantity.value(), quantity.milli_value()),
            (value, milli),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn sums_and_differences_undo_each_other(a in "-?[0-9]{1,45}(n|m|k|)", b in "-?[0-9]{1,45}(n|E|)") {
        let (a, b) = (Quantity::parse(&a).expect("a"), Quantity::parse(&b).expect("b"));
        prop_assert_eq!(&a.plus(&b).minus(&b), &a);
        prop_assert_eq!(a.plus(&b), b.plus(&a));
        prop_assert_eq!(a.cmp(&b), a.minus(&b).cmp(&Quantity::default()));
    }

    #[test]
    fn printing_is_stable(text in "[+-]?[0-9]{1,12}(\\.[0-9]{0,6})?(m|u|n|k|M|G|Ki|Mi|Gi|e[0-9]|E-[0-9]|)") {
        let quantity = Quantity::parse(&text).expect("generated as a quantity");
        let again = Quantity::parse(&quantity.to_string()).expect("prints a quantity");
        prop_assert_eq!(&quantity, &again);
        prop_assert_eq!(quantity.to_string(), again.to_string());
    }

    #[test]
    fn the_short_way_finds_what_the_long_one_does(text in "[0-9]{1,20}(m|u|n|k|M|G|E|Ki|Mi|Gi|Ei|e[0-9]|E-[0-9]|)") {
        let parts = Parts::split(&text).expect("a quantity");
        let (scale, _) = interpret(parts.suffix).expect("a suffix");
        if let Some(short) = parts.short_nano(&scale) {
            let (short, long) = (Natural::of(short), parts.long_nano(&scale));
            prop_assert_eq!(short.digits(), long.digits());
        }
    }

    #[test]
    fn any_text_is_safe(text in "[-+.0-9eEinumkKMGTPx ]{0,60}") {
        let _ = Quantity::parse(&text).map(|q| (q.value(), q.milli_value(), q.canonical().to_string()));
    }
}
