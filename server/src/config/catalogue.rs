//! Every setting: name, type, default, range and the words that explain it.
//!
//! The doc comments below are what an operator reads in the settings file, so they speak to an operator.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

use super::reader::Reader;
use super::values::{AppleId, BundleIds, HttpsUrl, LogFilter, LogFormat, MinimumVersions, VapidSubject};
use crate::domain::apps::{AndroidApps, AppleApps};
use crate::mail::{Security, SenderAddress, ServerAddress};

/// One section of the file.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) words: &'static [&'static str],
    pub(super) entries: &'static [Entry],
}

/// One setting.
pub(super) struct Entry {
    /// Its dotted name: section and key.
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) words: &'static [&'static str],
    /// As TOML.
    pub(super) default: &'static str,
    /// The least and the most, of a number.
    pub(super) range: Option<(u64, u64)>,
    /// Whether its value may be shown.
    pub(super) secret: bool,
}

/// The setting with this dotted name.
pub(super) fn find(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.name == name)
}

/// All settings.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    CATALOGUE.iter().flat_map(|section| section.entries)
}

/// Turns the table below into the types, into [`CATALOGUE`], and into the code that reads each setting.
macro_rules! settings {
    ($(
        $(#[doc = $section_words:literal])+
        [$section:ident] $Section:ident {
            $(
                $(#[doc = $words:literal])+
                $key:ident: $type:ty = $default:tt
                    $(, from $least:literal to $most:literal)?
                    $(as $secret:ident)?;
            )+
        }
    )+) => {
        /// Every setting of a server.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $( $(#[doc = $section_words])+ pub $section: $Section, )+
        }

        $(
            $(#[doc = $section_words])+
            #[derive(Debug, Clone)]
            pub struct $Section {
                $( $(#[doc = $words])+ pub $key: $type, )+
            }

            impl $Section {
                fn read(reader: &mut Reader) -> Option<Self> {
                    // All are read before the first that is wrong ends it: the operator is told of each.
                    $( let $key = reader.read(concat!(stringify!($section), ".", stringify!($key))); )+
                    Some(Self { $( $key: $key?, )+ })
                }
            }
        )+

        impl Settings {
            pub(super) fn read(reader: &mut Reader) -> Option<Self> {
                $( let $section = $Section::read(reader); )+
                Some(Self { $( $section: $section?, )+ })
            }
        }

        pub(super) const CATALOGUE: &[Section] = &[$(
            Section {
                name: stringify!($section),
                words: &[$($section_words),+],
                entries: &[$(
                    Entry {
                        name: concat!(stringify!($section), ".", stringify!($key)),
                        key: stringify!($key),
                        words: &[$($words),+],
                        default: stringify!($default),
                        range: settings!(@range $($least, $most)?),
                        secret: settings!(@secret $($secret)?),
                    },
                )+],
            },
        )+];
    };
    (@range) => { None };
    (@range $least:literal, $most:literal) => { Some(($least, $most)) };
    (@secret) => { false };
    (@secret secret) => { true };
}

settings! {
    /// Where browsers and phones connect.
    [http] Http {
        /// The address and port to listen on. The server speaks plain HTTP: put a proxy in front of it
        /// that ends TLS, and name that proxy in `trusted_proxies`.
        listen: SocketAddr = "127.0.0.1:8080";
        /// The proxies whose word on a client's address is believed, as addresses or networks:
        /// ["10.0.0.0/8", "::1"]. From anyone else, `Forwarded` and `X-Forwarded-*` are passed over.
        /// In the environment, separate them by commas.
        trusted_proxies: Vec<IpNet> = [];
        /// The most connections at a time. A browser that waits for a phone holds one, at about 12 KiB.
        /// The process must be allowed as many open files (`ulimit -n`).
        max_connections: usize = 10_000, from 16 to 1_000_000;
    }

    /// Where everything is kept.
    [database] Database {
        /// `sqlite:FILE` for one server, or `postgres://USER:PASSWORD@HOST/NAME` for one or several.
        /// With a password in it, prefer the environment variable COUNTERSIGN_DATABASE__URL.
        url: SecretString = "sqlite:countersign.db" as secret;
        /// The most connections to the database at a time.
        max_connections: u32 = 16, from 1 to 1_000;
    }

    /// The keys that seal secrets before they reach the database.
    [keys] Keys {
        /// The file with the master keys. Only the server's own user may read it (mode 600).
        /// Keep a copy apart from the copies of the database: without it, authenticator apps and the
        /// signing keys of tenants are lost.
        file: PathBuf = "master.key";
    }

    /// Signing in.
    [login] Login {
        /// How long a person has to answer on the Code screen, in seconds.
        answer_seconds: u32 = 120, from 30 to 300;
        /// How long the browser has to finish once the phone has approved, in seconds.
        complete_seconds: u32 = 60, from 10 to 120;
        /// How many passwords are checked at once. Each takes a processor and 19 MiB meanwhile.
        password_hashers: usize = 2, from 1 to 64;
        /// How many more may wait for their check. Whoever comes after them is asked to try again.
        password_queue: usize = 64, from 0 to 10_000;
    }

    /// Being signed in.
    [session] Session {
        /// How long a session lasts at most, in hours.
        lifetime_hours: u32 = 12, from 1 to 720;
    }

    /// The apps on phones.
    [app] App {
        /// The least version of an app that is served, by platform: ["ios 2.4", "android 2.4.1"]. People with
        /// an older one are told to update it; they can still deny and report. In the environment, separate
        /// them by commas.
        minimum_version: MinimumVersions = [];
    }

    /// Waking phones.
    [push] Push {
        /// Whether a phone may name a push endpoint in a private network. Leave it off, unless your
        /// own push relay stands there: otherwise, phones could make the server call your network.
        allow_private_endpoints: bool = false;
        /// Whom a push service may contact about this server: "mailto:you@example.com" or an https URL.
        /// Web Push services may refuse to deliver while it is empty.
        vapid_subject: Option<VapidSubject> = "";
        /// A file with further certificate authorities (PEM) that push services may be certified by,
        /// such as your own relay's. Those of the system are believed as well.
        extra_roots: Option<PathBuf> = "";
    }

    /// Waking iPhones through Apple (APNs). All empty: no iPhone is woken that way.
    [apns] Apns {
        /// The signing key that Apple gives out, AuthKey_….p8. Only the server's own user may read it.
        key_file: Option<PathBuf> = "";
        /// The key's id: 10 characters, in the name of its file.
        key_id: Option<AppleId> = "";
        /// The id of your developer team: 10 characters.
        team_id: Option<AppleId> = "";
        /// The bundle ids of the apps that may be woken, such as ["com.example.login"].
        /// In the environment, separate them by commas.
        topics: BundleIds = [];
        /// Where apps from the App Store and TestFlight are reached: Apple's address, or a relay's.
        production_url: HttpsUrl = "https://api.push.apple.com";
        /// Where apps that Xcode put on a phone are reached.
        sandbox_url: HttpsUrl = "https://api.sandbox.push.apple.com";
    }

    /// Waking Android phones through Google (FCM). Empty: no phone is woken that way.
    [fcm] Fcm {
        /// The service account that Firebase gives out, a JSON file. Only the server's own user may
        /// read it.
        service_account_file: Option<PathBuf> = "";
        /// Where messages are sent: Google's address, or a relay's.
        url: HttpsUrl = "https://fcm.googleapis.com";
    }

    /// Your apps: which may pair phones where a tenant's policy looks at what phones prove of their keys, and which
    /// open pairing links by themselves (/.well-known/apple-app-site-association and assetlinks.json on each host).
    [attestation] Attestation {
        /// The Android apps that may pair phones: the package, "/", and the SHA-256 of the certificate that
        /// the app is signed with, in hexadecimal: ["com.example.login/9F:86:…"]. `keytool -list` and the
        /// Play Console show it. In the environment, separate them by commas.
        android_apps: AndroidApps = [];
        /// The Apple apps that may pair phones: the team's id, ".", and the bundle id, such as
        /// ["ABCDE12345.com.example.login"]. In the environment, separate them by commas.
        apple_apps: AppleApps = [];
        /// Whether Apple apps may pair phones that Xcode put there. Leave it off for people's phones.
        development_builds: bool = false;
        /// Google's list of certificates that it took back, as published at
        /// https://android.googleapis.com/attestation/status: fetch it once a day. It is read again when it
        /// changes. While none is named, revoked certificates are not noticed.
        revocation_file: Option<PathBuf> = "";
        /// A file with further roots (PEM) that phones' certificates may come from. Those of Google and Apple
        /// are believed as well.
        extra_roots: Option<PathBuf> = "";
    }

    /// Telling people by mail: of a new phone, of a sign-in that was reported.
    [mail] Mail {
        /// The mail server: "smtp.example.com:587". While it is empty, no mail is sent.
        server: Option<ServerAddress> = "";
        /// "starttls" (usually port 587), "tls" (usually port 465), or "none", which is taken for a mail
        /// server on this computer alone.
        security: Security = "starttls";
        /// The user name at the mail server. Leave it empty if it asks for none.
        user: Option<String> = "";
        /// The password to it. Prefer the environment variable COUNTERSIGN_MAIL__PASSWORD.
        password: Option<SecretString> = "" as secret;
        /// From whom mail comes: "ACME <no-reply@example.com>". The mail server has to let you use it.
        from: Option<SenderAddress> = "";
        /// A PEM file of certificate authorities to trust beside the system's, if the mail server's
        /// certificate comes from one of your own.
        extra_roots: Option<PathBuf> = "";
    }

    /// What the server writes to standard error.
    [log] Log {
        /// How much: error, warn, info, debug or trace; or by part, as in "info,sqlx=warn".
        level: LogFilter = "info";
        /// "text" for people, "json" for collectors.
        format: LogFormat = "text";
    }
}

impl Login {
    /// How long a person has to answer on the Code screen.
    #[must_use]
    pub fn answer_time(&self) -> Duration {
        Duration::from_secs(self.answer_seconds.into())
    }

    /// How long the browser has to complete an approved login.
    #[must_use]
    pub fn complete_time(&self) -> Duration {
        Duration::from_secs(self.complete_seconds.into())
    }
}

impl Session {
    /// How long a session lasts at most.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.lifetime_hours) * 3600)
    }
}
