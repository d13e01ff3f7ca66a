//! Numbers in text: what JSON and YAML documents hold, and how the server's and the client's encoders print
//! them. Floats exist here only, between one text and another; no decision sees one.

use super::Value;

/// The value of a JSON number: whole ones that fit become [`Value::Int`], others keep the text in which
/// they will be printed.
pub fn from_json(text: &str) -> Value {
    if let Ok(i) = text.parse::<i64>() {
        return Value::Int(i);
    }
    text.parse::<f64>().map_or(Value::Null, from_float)
}

/// The value of a float that was read.
pub fn from_float(float: f64) -> Value {
    let text = json_text(float);
    text.parse::<i64>()
        .map_or_else(|_| Value::Number(text.into()), Value::Int)
}

/// Upstream: Go's encoding/json `floatEncoder`.
fn json_text(float: f64) -> String {
    let magnitude = float.abs();
    if float == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e21).contains(&magnitude) {
        format!("{float}")
    } else {
        let text = format!("{float:e}");
        match text.split_once("e-") {
            Some(_) => text,
            None => text.replace('e', "e+"),
        }
    }
}

/// How the YAML encoder prints a number that JSON wrote as `text`: with an exponent from a million on.
///
/// Upstream: Go's strconv `FormatFloat` with format `g`.
pub fn yaml_text(text: &str) -> String {
    let Ok(float) = text.parse::<f64>() else {
        return text.to_owned();
    };
    if text.parse::<u64>().is_ok() {
        return text.to_owned();
    }
    let scientific = format!("{float:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return text.to_owned();
    };
    let Ok(power) = exponent.parse::<i32>() else {
        return text.to_owned();
    };
    if (-4..6).contains(&power) {
        format!("{float}")
    } else {
        let sign = if power < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", power.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_numbers() {
        for (text, want) in [
            ("1", "1"),
            ("-0", "0"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            ("1e6", "1000000"),
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("0.000001", "0.000001"),
            ("123456789012345678", "123456789012345678"),
            ("1e20", "100000000000000000000"),
        ] {
            assert_eq!(from_json(text).to_string(), want, "{text}");
        }
    }

    #[test]
    fn yaml_numbers() {
        for (text, want) in [
            ("1.5", "1.5"),
            ("1e+21", "1e+21"),
            ("1e-7", "1e-07"),
            ("1234567.5", "1.2345675e+06"),
        ] {
            assert_eq!(yaml_text(text), want, "{text}");
        }
    }
}
