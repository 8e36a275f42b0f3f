//! What a browser calls itself, in words for people: "Chrome" on "Windows".
//!
//! A phone shows this with an approval request, so that its owner recognises the login. It is a hint
//! that a browser gives about itself and no rule may rest on it.
//!
//! Written here, and not taken from a crate, because both words come from short lists. `woothee` 0.13,
//! the light crate for this, was run over the table below. It agrees on the usual browsers, but its
//! systems would still have to be translated ("Windows 10", which Windows 11 says too; "iPhone", "Mac
//! OSX"), it takes Opera on iPhones and DuckDuckGo for Safari and Chrome on an iPad for one on a Mac,
//! and it brings a regular expression engine. Versions are not wanted: they help nobody to recognise a
//! browser. Since every answer is one of the words in this file, nothing that a browser sends can be
//! shown to a person.
//!
//! What cannot be told apart: an iPad that asks for desktop pages in Safari says it is a Mac; Brave says
//! it is Chrome.

/// A browser and its system, by the names that people know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientDescription {
    /// The browser: "Firefox".
    pub browser: String,
    /// The system it runs on: "Android".
    pub system: String,
}

/// Browsers by the token that only they send, most particular first: nearly all say "Chrome" or
/// "Safari" as well.
const BROWSERS: [(&str, &str); 22] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("OPX/", "Opera"),
    ("Opera/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("SeaMonkey/", "SeaMonkey"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
];

const UNKNOWN_BROWSER: &str = "Unknown browser";
const UNKNOWN_SYSTEM: &str = "Unknown system";

/// Names the browser and the system behind a `User-Agent`.
#[must_use]
pub fn describe(user_agent: &str) -> ClientDescription {
    ClientDescription { browser: browser(user_agent).to_owned(), system: system(user_agent).to_owned() }
}

fn browser(user_agent: &str) -> &'static str {
    let says = |token: &str| user_agent.contains(token);
    // Inside another app (Android's WebView): Chrome's engine, but not a browser its owner would know.
    if says("; wv)") {
        return UNKNOWN_BROWSER;
    }
    // Headless Chrome's token ends in "Chrome/" and so is Chrome.
    if let Some((_, name)) = BROWSERS.iter().find(|(token, _)| says(token)) {
        return name;
    }
    // Apple's systems alone: elsewhere the same tokens mean any WebKit. In other apps both are missing.
    let apple = ["Macintosh", "iPhone", "iPad", "iPod"].iter().any(|system| says(system));
    if apple && says("Version/") && says(" Safari/") { "Safari" } else { UNKNOWN_BROWSER }
}

fn system(user_agent: &str) -> &'static str {
    let says = |token: &str| user_agent.contains(token);
    // An iPad asked for desktop pages says Macintosh, but these tokens exist on iOS and iPadOS alone.
    let mobile_apple = ["CriOS/", "FxiOS/", "EdgiOS/"].iter().any(|token| says(token));
    if says("Windows") {
        "Windows"
    } else if says("CrOS") && !says("Android") {
        "ChromeOS"
    } else if says("Android") {
        "Android"
    } else if says("iPad") || (says("Macintosh") && mobile_apple) {
        "iPadOS"
    } else if says("iPhone") || says("iPod") {
        "iOS"
    } else if says("Macintosh") {
        "macOS"
    } else if says("Linux") {
        "Linux"
    } else {
        UNKNOWN_SYSTEM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(&str, &str, &str)] = &[
        (
            "Chrome",
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        ),
        (
            "Chrome",
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        ),
        (
            "Chrome",
            "Linux",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
        ),
        (
            "Chrome",
            "ChromeOS",
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        ),
        (
            "Chrome",
            "Android",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
        ),
        (
            "Chrome",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1",
        ),
        (
            "Chrome",
            "iPadOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130 Version/11.1.1 Safari/605.1.15",
        ),
        (
            "Edge",
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.80",
        ),
        (
            "Edge",
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
        ),
        (
            "Edge",
            "Android",
            "Mozilla/5.0 (Linux; Android 10; Pixel 3 XL) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.102 Mobile Safari/537.36 EdgA/130.0.2849.68",
        ),
        (
            "Edge",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/130.2849.80 Mobile/15E148 Safari/605.1.15",
        ),
        (
            "Firefox",
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
        ),
        (
            "Firefox",
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.7; rv:132.0) Gecko/20100101 Firefox/132.0",
        ),
        (
            "Firefox",
            "Linux",
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        ),
        ("Firefox", "Android", "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"),
        (
            "Firefox",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 14_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15",
        ),
        (
            "Firefox",
            "iPadOS",
            "Mozilla/5.0 (iPad; CPU OS 14_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15",
        ),
        (
            "Safari",
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        ),
        (
            "Safari",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        ),
        (
            "Safari",
            "iPadOS",
            "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
        ),
        (
            "Opera",
            "Windows",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0",
        ),
        (
            "Opera",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1 OPT/4.7.0",
        ),
        ("Opera", "Windows", "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18"),
        (
            "Samsung Internet",
            "Android",
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
        ),
        (
            "Vivaldi",
            "Linux",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Vivaldi/7.0.3495.15",
        ),
        (
            "DuckDuckGo",
            "macOS",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15 Ddg/17.6",
        ),
        // Not browsers that their owner would recognise, though the engine says its name.
        (
            "Unknown browser",
            "Android",
            "Mozilla/5.0 (Linux; Android 13; SM-A515F Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.86 Mobile Safari/537.36 [FB_IAB/FB4A;]",
        ),
        (
            "Unknown browser",
            "iOS",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBDV/iPhone14,5]",
        ),
        (
            "Unknown browser",
            "Linux",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15",
        ),
        ("Unknown browser", "Unknown system", "curl/8.10.1"),
        ("Unknown browser", "Unknown system", "python-requests/2.32.3"),
        ("Unknown browser", "Unknown system", ""),
        (
            "Firefox",
            "Unknown system",
            "Mozilla/5.0 (X11; FreeBSD amd64; rv:132.0) Gecko/20100101 Firefox/132.0",
        ),
    ];

    #[test]
    fn browsers_and_systems_are_told_apart() {
        for (browser, system, user_agent) in KNOWN {
            let expected = ClientDescription { browser: (*browser).into(), system: (*system).into() };
            assert_eq!(describe(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn nothing_that_was_sent_is_shown() {
        let hostile = "<script>Your bank</script> \u{202e}Chrom\u{0}e Windows".repeat(2_000);
        let shown = describe(&hostile);
        assert_eq!((shown.browser.as_str(), shown.system.as_str()), ("Unknown browser", "Windows"));
    }
}
