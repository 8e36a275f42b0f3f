//! Length, parts, base64url, and the payload as JSON.

use serde_json::json;

use super::super::bench::{Bench, TestKey, b64};
use super::super::{Made, Vector};
use super::{TYP, base};

pub(crate) fn vectors(bench: &Bench) -> Made<Vec<Vector>> {
    let key = &bench.device;
    let good = key.statement(key.header(TYP), base().to_string())?;
    let mut out = vec![key.accepts("plain", "A statement as it should be.", good.clone(), base())];
    out.extend(lengths(key)?);
    out.extend(shapes(key, &good)?);
    out.extend(base64(key, &good)?);
    out.extend(json(key)?);
    Ok(out)
}

fn lengths(key: &TestKey) -> Made<Vec<Vector>> {
    let (longest, payload) = of_length(key, 4096)?;
    let (too_long, _) = of_length(key, 4097)?;
    Ok(vec![
        key.accepts("longest", "4096 bytes.", longest, payload),
        key.refuses("one_byte_too_long", "4097 bytes.", too_long, "too_long"),
        key.refuses("much_too_long", "Length is looked at first.", "a".repeat(5000), "too_long"),
    ])
}

/// A call of exactly that many bytes: its URL is long, and spaces in the header do the rest.
fn of_length(key: &TestKey, length: usize) -> Made<(String, serde_json::Value)> {
    let encoded = |bytes: usize| (bytes * 4).div_ceil(3);
    for spaces in 0..3 {
        let header = format!("{}{}", " ".repeat(spaces), key.header(TYP));
        for filler in 0..length {
            let mut payload = base();
            if encoded(header.len()) + encoded(payload.to_string().len() + filler + 1) + 88 != length {
                continue;
            }
            payload["htu"] =
                json!(format!("{}/{}", payload["htu"].as_str().unwrap_or_default(), "x".repeat(filler)));
            let statement = key.statement(header, payload.to_string())?;
            debug_assert_eq!(statement.len(), length);
            return Ok((statement, payload));
        }
    }
    Err("no statement of that length".into())
}

fn shapes(key: &TestKey, good: &str) -> Made<Vec<Vector>> {
    let mut parts = good.split('.');
    let (header, payload, signature) =
        (parts.next().ok_or("header")?, parts.next().ok_or("payload")?, parts.next().ok_or("signature")?);
    let general =
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] });
    let shape = |name, what, text: String| key.refuses(name, what, text, "not_three_parts");
    Ok(vec![
        shape("empty", "Nothing.", String::new()),
        shape("one_part", "A header alone.", header.to_owned()),
        shape("two_parts", "No signature part.", format!("{header}.{payload}")),
        shape("four_parts", "A part too many.", format!("{good}.{signature}")),
        shape("dot_at_the_end", "Four parts, the last one empty.", format!("{good}.")),
        shape("dot_at_the_start", "Four parts, the first one empty.", format!(".{good}")),
        shape(
            "five_parts",
            "The shape of an encrypted token.",
            format!("{header}.{payload}.{signature}.AA.AA"),
        ),
        shape("json_serialisation", "The other form of JWS.", general.to_string()),
        key.refuses("only_dots", "Three empty parts.", "..".to_owned(), "not_json"),
        key.refuses(
            "detached_payload",
            "An empty payload part.",
            format!("{header}..{signature}"),
            "not_json",
        ),
    ])
}

fn base64(key: &TestKey, good: &str) -> Made<Vec<Vector>> {
    let (input, signature) = good.rsplit_once('.').ok_or("signature")?;
    let (header, payload) = input.split_once('.').ok_or("payload")?;
    let (first, rest) = good.split_at(10);
    let loose = |name, what, text: String| key.refuses(name, what, text, "loose_base64");

    // White space in the payload makes it end on spare bits; "?~" makes it need the last two letters.
    let ragged = (0..3)
        .map(|n| format!("{}{}", base(), " ".repeat(n)))
        .find(|text| text.len() % 3 == 1)
        .ok_or("no ragged payload")?;
    let ragged = b64(ragged);
    let spare = format!("{}{}", &ragged[..ragged.len() - 1], next_letter(&ragged)?);
    let mut odd = base();
    odd["htu"] = json!("https://sign-in.example/?~?~?~~~???");
    let odd = b64(odd.to_string());
    let signed = |payload: &str| -> Made<String> {
        let input = format!("{header}.{payload}");
        Ok(format!("{input}.{}", b64(key.sign(input.as_bytes())?)))
    };
    let respelt = odd.replace('-', "+").replace('_', "/");
    if respelt == odd {
        return Err("the payload does not need the letters that differ".into());
    }
    let spare_signature = format!("{}{}", &signature[..signature.len() - 1], next_letter(signature)?);
    Ok(vec![
        loose("padded_header", "Padding, with a signature that covers it.", {
            let input = format!("{header}=.{payload}");
            format!("{input}.{}", b64(key.sign(input.as_bytes())?))
        }),
        loose("padded_payload", "Padding, with a signature that covers it.", signed(&format!("{ragged}=="))?),
        loose("padded_signature", "Padding.", format!("{good}==")),
        loose("plus_and_slash", "The other alphabet, with a signature that covers it.", signed(&respelt)?),
        loose("spare_bits_in_payload", "Another spelling of the same bytes, signed.", signed(&spare)?),
        loose(
            "spare_bits_in_signature",
            "Another spelling of the same signature.",
            format!("{input}.{spare_signature}"),
        ),
        loose("one_letter_too_many", "A length that no bytes have.", signed(&format!("{ragged}AAA"))?),
        loose("space_before", "White space.", format!(" {good}")),
        loose("line_feed_after", "White space.", format!("{good}\n")),
        loose("line_feed_within", "White space.", format!("{first}\n{rest}")),
        loose("zero_byte_after", "A zero byte.", format!("{good}\0")),
        loose("percent_encoded", "An escape.", format!("{good}%20")),
        loose("not_ascii", "A letter of no alphabet.", format!("é{good}")),
    ])
}

/// The letter whose spare bits differ from the last one's.
fn next_letter(text: &str) -> Made<char> {
    match text.chars().last().ok_or("empty")? {
        'A' => Ok('B'),
        'Q' => Ok('R'),
        'g' => Ok('h'),
        'w' => Ok('x'),
        other => Err(format!("{other} carries more than two bits").into()),
    }
}

fn json(key: &TestKey) -> Made<Vec<Vector>> {
    let text = base().to_string();
    let body = text.trim_start_matches('{').to_owned();
    let of = |payload: &[u8]| key.statement(key.header(TYP), payload);
    let made = |name, what, payload: &[u8], error| -> Made<Vector> {
        Ok(key.refuses(name, what, of(payload)?, error))
    };
    let spaced = serde_json::to_string_pretty(&base())?;
    let escaped = text.replace(r#""htm""#, r#""\u0068tm""#);
    let twice_escaped = format!(r#"{{"htm":"POST","\u0068tm":"GET",{body}"#);
    Ok(vec![
        key.accepts(
            "payload_with_white_space",
            "White space in JSON is no matter.",
            of(spaced.as_bytes())?,
            base(),
        ),
        key.accepts(
            "payload_with_escapes",
            "A member's name may be escaped.",
            of(escaped.as_bytes())?,
            base(),
        ),
        made("payload_not_json", "Text.", b"approve", "not_json")?,
        made("payload_cut_off", "JSON without its end.", &text.as_bytes()[..text.len() - 1], "not_json")?,
        made("payload_twice", "Two values.", text.repeat(2).as_bytes(), "not_json")?,
        made("payload_with_comma", "A comma too many.", text.replace('}', ",}").as_bytes(), "not_json")?,
        made(
            "payload_with_byte_order_mark",
            "A byte order mark.",
            format!("\u{feff}{text}").as_bytes(),
            "not_json",
        )?,
        made("payload_not_utf8", "A byte that is not UTF-8.", b"{\"htm\":\"\xff\"}", "not_json")?,
        made("payload_half_surrogate", "Half a character.", br#"{"htm":"\ud800"}"#, "not_json")?,
        made("payload_too_deep", "Nested beyond reason.", "{\"a\":".repeat(200).as_bytes(), "not_json")?,
        made("payload_null", "Statements have no null.", b"null", "payload")?,
        made("payload_text", "A string.", br#""approve""#, "payload")?,
        made("payload_number", "A number.", b"1", "payload")?,
        made("payload_empty_object", "No members.", b"{}", "payload")?,
        made(
            "payload_list",
            "The members' values in their order.",
            br#"["019a0000-0000-7000-8000-0000000000d1","GET"]"#,
            "payload",
        )?,
        made(
            "duplicate_member",
            "A member given twice.",
            format!(r#"{{"htm":"GET",{body}"#).as_bytes(),
            "duplicate_member",
        )?,
        made(
            "duplicate_escaped_member",
            "Twice, in two spellings.",
            twice_escaped.as_bytes(),
            "duplicate_member",
        )?,
        made(
            "duplicate_nested_member",
            "Twice, deeper down.",
            format!(r#"{{"x":{{"a":1,"a":1}},{body}"#).as_bytes(),
            "duplicate_member",
        )?,
    ])
}
