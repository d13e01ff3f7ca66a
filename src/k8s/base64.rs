//! Base64, read: for templates, the program `base64` and the contents of secrets.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text behind base64; the error is where it stops being base64. Line ends are skipped.
pub fn decode(text: &str) -> Result<String, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut have, mut letters) = (0_u32, 0, 0);
    let mut padding = 0;
    for (at, letter) in text.bytes().enumerate() {
        match letter {
            b'\n' | b'\r' => continue,
            b'=' if letters % 4 >= 2 => {
                padding += 1;
                letters += 1;
                continue;
            }
            _ => {}
        }
        let place = LETTERS.iter().position(|l| *l == letter);
        let value = place.filter(|_| padding == 0).ok_or(at)?;
        bits = bits << 6 | u32::try_from(value).unwrap_or(0);
        have += 6;
        letters += 1;
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from(bits >> have & 0xff).unwrap_or(0));
        }
    }
    if letters % 4 != 0 {
        return Err(text.len() - text.len() % 4);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        for (plain, coded) in [
            ("", ""),
            ("a", "YQ=="),
            ("ab", "YWI="),
            ("abc", "YWJj"),
            ("s3cret", "czNjcmV0"),
        ] {
            assert_eq!(decode(coded).as_deref(), Ok(plain));
        }
        assert_eq!(decode("a%b="), Err(1));
    }
}
