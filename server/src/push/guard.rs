//! Which push endpoints may be spoken to.
//!
//! A phone says where its wakes go, so without a guard anyone who can pair a phone could have the
//! server send requests into the network it stands in. Three checks, each of which holds alone:
//!
//! 1. [`Guard::check_url`], when an endpoint arrives and again before each use: scheme, port, and
//!    addresses that are written out;
//! 2. as the client's resolver: a name's addresses are filtered between look-up and connection, and the
//!    connection is made to what was let through, so that a name cannot change in between;
//! 3. the client follows no redirects and uses no proxies (see [`super::webpush`]).
//!
//! Addresses are let through because they are known to be public, not because they are not known to be
//! bad: what the registries of special addresses (RFC 6890 and its successors) add, is refused.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The longest endpoint that is taken, in bytes. Real ones have about 200 to 700.
const MAX_LENGTH: usize = 2048;

/// Why an endpoint may not be spoken to. None of these shows the endpoint, which is a capability.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EndpointRefused {
    /// Longer than 2048 bytes.
    #[error("the push endpoint is too long")]
    TooLong,
    /// Not an absolute URL with a host.
    #[error("the push endpoint is not a URL")]
    NotAUrl,
    /// Not `https`.
    #[error("the push endpoint is not https")]
    Scheme,
    /// With a user or a password in it.
    #[error("the push endpoint has a user name in it")]
    UserInfo,
    /// Not 443.
    #[error("the push endpoint has another port than 443")]
    Port,
    /// The address, or every address of the name, is not one of the public Internet.
    #[error("the push endpoint is not on the public Internet")]
    Address,
}

/// Turns names into addresses.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// All addresses of `host`.
    ///
    /// # Errors
    /// What the operating system says.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|socket| socket.ip()).collect())
    }
}

/// Knows which endpoints may be spoken to; also the HTTP client's resolver.
#[derive(Clone)]
pub struct Guard {
    allow_private: bool,
    lookup: Arc<dyn Lookup>,
}

impl Guard {
    /// With `allow_private`, push services in the operator's own network may be spoken to as well: by
    /// `http`, on any port, at loopback and private addresses. Never at link-local or multicast ones,
    /// nor where clouds keep their instances' credentials.
    #[must_use]
    pub fn new(allow_private: bool, lookup: Arc<dyn Lookup>) -> Self {
        Self { allow_private, lookup }
    }

    /// Whether private push services are allowed.
    #[must_use]
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Reads an endpoint and checks what can be checked without looking its name up.
    ///
    /// # Errors
    /// [`EndpointRefused`].
    pub fn check_url(&self, url: &str) -> Result<Url, EndpointRefused> {
        if url.len() > MAX_LENGTH {
            return Err(EndpointRefused::TooLong);
        }
        let url = Url::parse(url).map_err(|_| EndpointRefused::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            _ => return Err(EndpointRefused::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointRefused::UserInfo);
        }
        if !self.allow_private && url.port_or_known_default() != Some(443) {
            return Err(EndpointRefused::Port);
        }
        // The URL standard turns every spelling of an IPv4 address (0x7f.1, 2130706433) into one.
        let permitted = match url.host().ok_or(EndpointRefused::NotAUrl)? {
            Host::Ipv4(v4) => self.permits(v4.into()),
            Host::Ipv6(v6) => self.permits(v6.into()),
            Host::Domain(name) => self.allow_private || !is_localhost(name),
        };
        if permitted { Ok(url) } else { Err(EndpointRefused::Address) }
    }

    /// Whether a connection to `address` may be made.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        match reach(address) {
            Reach::Public => true,
            Reach::Private => self.allow_private,
            Reach::Never => false,
        }
    }

    /// The addresses of `host` that may be spoken to.
    async fn permitted_addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut addresses = self.lookup.lookup(host).await?;
        let found = addresses.len();
        addresses.retain(|address| self.permits(*address));
        if addresses.is_empty() && found > 0 {
            return Err(io::Error::other(EndpointRefused::Address));
        }
        Ok(addresses)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.permitted_addresses(name.as_str()).await?;
            // Port 0: the client puts the URL's port there.
            let sockets: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}

/// RFC 6761, section 6.3: these need no look-up to be known.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// How far an address reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    /// The public Internet.
    Public,
    /// This computer or the operator's own network.
    Private,
    /// Nothing that a push service can be at.
    Never,
}

fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // Azure's and Alibaba's instance services; the others are link-local.
        [168, 63, 129, 16] | [100, 100, 100, 200] => Reach::Never,
        [10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Reach::Private,
        // "This network", link-local, multicast, reserved and broadcast.
        [0 | 224..=255, ..] | [169, 254, ..] => Reach::Never,
        // IETF protocols, 6to4 relays, benchmarks, documentation.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Reach::Never
        }
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        reach_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private, // loopback
        // An IPv4 address in another guise reaches what that one reaches: mapped, NAT64, 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // AWS's instance services.
        [0xfd00, 0xec2, ..] => Reach::Never,
        [0xfc00..=0xfdff, ..] => Reach::Private, // unique local
        // IETF protocols (with Teredo), documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Never,
        [0x2000..=0x3fff, ..] => Reach::Public,
        // Unspecified, IPv4-compatible, local NAT64, discard-only, link-local, site-local, multicast, and
        // what has not been given out.
        _ => Reach::Never,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::str::FromStr;
    use std::sync::Mutex;

    use super::*;

    /// Answers from a list, one answer a look-up; the last one stays.
    struct Script(Mutex<Vec<Vec<IpAddr>>>);

    #[async_trait]
    impl Lookup for Script {
        async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            let mut answers = self.0.lock().unwrap();
            Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
        }
    }

    fn guard(allow_private: bool, answers: &[&[&str]]) -> Guard {
        let answer = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Guard::new(allow_private, Arc::new(Script(Mutex::new(answers.iter().map(answer).collect()))))
    }

    async fn resolve(guard: &Guard, name: &str) -> Result<Vec<String>, EndpointRefused> {
        match guard.resolve(Name::from_str(name).unwrap()).await {
            Ok(sockets) => Ok(sockets.map(|socket| socket.to_string()).collect()),
            Err(error) => {
                let error = error.downcast_ref::<io::Error>().unwrap().get_ref().unwrap();
                let error: &(dyn Error + 'static) = error;
                Err(*error.downcast_ref::<EndpointRefused>().unwrap())
            }
        }
    }

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "2001:200::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ];
    const PRIVATE: &[&str] = &[
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::1",
        "2002:c0a8:1::",
    ];
    const NEVER: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "169.254.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::2",
        "::127.0.0.1",
        "::1.1.1.1",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::ffff:0:1.1.1.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::1.1.1.1",
        "2002:a9fe:a9fe::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff::1",
        "100::1",
        "5f00::1",
        "4000::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "fd00:ec2::254",
    ];

    #[test]
    fn addresses_by_their_reach() {
        for (expected, addresses) in
            [(Reach::Public, PUBLIC), (Reach::Private, PRIVATE), (Reach::Never, NEVER)]
        {
            for address in addresses {
                assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
            }
        }
    }

    #[test]
    fn written_out_addresses_are_judged_like_any() {
        let (strict, private) = (guard(false, &[]), guard(true, &[]));
        let url = |address: &str| match address.parse().unwrap() {
            IpAddr::V4(v4) => format!("https://{v4}/push"),
            IpAddr::V6(v6) => format!("https://[{v6}]/push"),
        };
        for address in PUBLIC {
            assert!(strict.check_url(&url(address)).is_ok(), "{address}");
        }
        for address in PRIVATE {
            assert_eq!(strict.check_url(&url(address)), Err(EndpointRefused::Address), "{address}");
            assert!(private.check_url(&url(address)).is_ok(), "{address}");
        }
        for address in NEVER {
            assert_eq!(strict.check_url(&url(address)), Err(EndpointRefused::Address), "{address}");
            assert_eq!(private.check_url(&url(address)), Err(EndpointRefused::Address), "{address}");
        }
    }

    #[test]
    fn urls() {
        use EndpointRefused::{Address, NotAUrl, Port, Scheme, TooLong, UserInfo};
        let strict = guard(false, &[]);
        let long = format!("https://push.example/{}", "x".repeat(2048));
        let cases = [
            (Ok(()), "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"),
            (Ok(()), "https://fcm.googleapis.com:443/fcm/send/abc"),
            (Ok(()), "https://@push.example/"), // an empty user is none
            (Err(Scheme), "http://push.example/"),
            (Err(Scheme), "ftp://push.example/"),
            (Err(Scheme), "file:///etc/passwd"),
            (Err(Scheme), "gopher://127.0.0.1:6379/_PING"),
            (Err(Scheme), "javascript:alert(1)"),
            (Err(Port), "https://push.example:8443/"),
            (Err(Port), "https://push.example:22/"),
            (Err(Port), "https://push.example:80/"),
            (Err(UserInfo), "https://user@push.example/"),
            (Err(UserInfo), "https://user:secret@push.example/"),
            (Err(UserInfo), "https://:secret@push.example/"),
            (Err(UserInfo), "https://push.example@127.0.0.1/"),
            (Err(NotAUrl), ""),
            (Err(NotAUrl), "push.example"),
            (Err(NotAUrl), "/relative"),
            (Err(NotAUrl), "https://"),
            (Err(NotAUrl), "https://999.1.1.1/"),
            (Err(NotAUrl), "https://[fe80::1%25eth0]/"),
            (Err(TooLong), long.as_str()),
            // Spellings of 127.0.0.1, 10.0.0.1 and 169.254.169.254.
            (Err(Address), "https://2130706433/"),
            (Err(Address), "https://0x7f000001/"),
            (Err(Address), "https://0x7f.1/"),
            (Err(Address), "https://0177.0.0.1/"),
            (Err(Address), "https://127.1/"),
            (Err(Address), "https://127.0.0.1./"),
            (Err(Address), "https://012.0.0.1/"),
            (Err(Address), "https://%31%32%37.0.0.1/"),
            (Err(Address), "https://１２７.0.0.1/"),
            (Err(Address), "https://127。0。0。1/"),
            (Err(Address), "https:\\\\127.0.0.1\\"),
            (Err(Address), "https://2852039166/"),
            (Err(Address), "https://[::ffff:7f00:1]/"),
            (Err(Address), "https://[0:0:0:0:0:ffff:127.0.0.1]/"),
            (Err(Address), "https://localhost/"),
            (Err(Address), "https://LocalHost./"),
            (Err(Address), "https://push.localhost/"),
        ];
        for (expected, url) in cases {
            assert_eq!(strict.check_url(url).map(|_| ()), expected, "{url}");
        }
    }

    #[test]
    fn the_operators_own_network_has_to_be_allowed() {
        let private = guard(true, &[]);
        let ports =
            ["http://127.0.0.1:8070/x", "https://localhost:8443/x", "http://ntfy.lan/x", "http://[::1]:1/"];
        for url in ports {
            assert!(private.check_url(url).is_ok(), "{url}");
            assert!(guard(false, &[]).check_url(url).is_err(), "{url}");
        }
        assert_eq!(private.check_url("http://u:p@ntfy.lan/"), Err(EndpointRefused::UserInfo));
        assert_eq!(private.check_url("ftp://ntfy.lan/"), Err(EndpointRefused::Scheme));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_its_addresses() {
        for address in PRIVATE.iter().chain(NEVER) {
            let refused = resolve(&guard(false, &[&[address]]), "push.example").await;
            assert_eq!(refused, Err(EndpointRefused::Address), "{address}");
        }
        let mixed = guard(false, &[&["10.0.0.1", "1.1.1.1", "::1", "2606:4700::1111", "169.254.169.254"]]);
        let kept = resolve(&mixed, "push.example").await.unwrap();
        assert_eq!(kept, ["1.1.1.1:0", "[2606:4700::1111]:0"]);
        let private = guard(true, &[&["10.0.0.1", "169.254.169.254"]]);
        assert_eq!(resolve(&private, "ntfy.lan").await.unwrap(), ["10.0.0.1:0"]);
    }

    #[tokio::test]
    async fn a_name_that_changes_is_judged_each_time() {
        let rebinding = guard(false, &[&["1.1.1.1"], &["127.0.0.1"]]);
        assert_eq!(resolve(&rebinding, "rebind.example").await.unwrap(), ["1.1.1.1:0"]);
        assert_eq!(resolve(&rebinding, "rebind.example").await, Err(EndpointRefused::Address));
    }

    #[tokio::test]
    async fn the_systems_resolver_is_asked() {
        let strict = Guard::new(false, Arc::new(SystemLookup));
        assert_eq!(resolve(&strict, "localhost").await, Err(EndpointRefused::Address));
        let private = Guard::new(true, Arc::new(SystemLookup));
        assert!(!resolve(&private, "localhost").await.unwrap().is_empty());
    }
}
