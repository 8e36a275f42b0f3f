//! Stories from end to end, each told on both databases: the real server on a port of its own, the real
//! mobile core as the phone, an HTTP client as the browser. Clock and randomness are handed in.

#[cfg(test)]
#[macro_use]
extern crate countersign_tests;

#[cfg(test)]
mod alike;
#[cfg(test)]
mod altered;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod apns;
#[cfg(test)]
mod app_links;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod ask_again;
#[cfg(test)]
mod attestation;
#[cfg(test)]
mod audit_chain;
#[cfg(test)]
mod audit_page;
#[cfg(test)]
mod authenticator_apps;
#[cfg(test)]
mod brand;
#[cfg(test)]
mod browsers;
#[cfg(test)]
mod bulk_actions;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod device_passcode;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod downgrade;
#[cfg(test)]
mod email_codes;
#[cfg(test)]
mod fcm;
#[cfg(test)]
mod first_come;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod from_where;
#[cfg(test)]
mod guesses;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod key_rotation;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod lost_phone;
#[cfg(test)]
mod lost_phone_refused;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod mail_server;
#[cfg(test)]
mod manage_users;
#[cfg(test)]
mod networks;
#[cfg(test)]
mod no_secrets;
#[cfg(test)]
mod other_tenants;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod own_device;
#[cfg(test)]
mod own_factors;
#[cfg(test)]
mod own_policy;
#[cfg(test)]
mod pairing;
#[cfg(test)]
mod passkey_ceremonies;
#[cfg(test)]
mod passkey_logins;
#[cfg(test)]
mod passkey_models;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod pestering;
#[cfg(test)]
mod phones;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod prodb;
#[cfg(test)]
mod productip;
#[cfg(test)]
mod provconnect;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod proworkflow;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod push_endpoints;
#[cfg(test)]
mod race;
#[cfg(test)]
mod real_phones;
#[cfg(test)]
mod recovery_codes;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod remembered;
#[cfg(test)]
mod report;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod security_page;
#[cfg(test)]
mod set_up;
#[cfg(test)]
mod set_up_ways;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod settings_at_once;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod store_functions;
#[cfg(test)]
mod tabs;
#[cfg(test)]
mod unreadable_policy;
#[cfg(test)]
mod wakes;
