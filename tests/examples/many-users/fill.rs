//! Users of all kinds, with factors and browsers, written by the database itself.

use countersign_tests::World;

/// For SQLite and for PostgreSQL, where they differ.
type Both = [&'static str; 2];

/// Four of five have a phone, one of a thousand a passkey, one of ten an authenticator app, half of them recovery
/// codes, and two of five a browser that is remembered. They came in the course of 400 days, are of three types or
/// of none, and every third is chosen.
const FILLED: [Both; 7] = [
    [KINDS, KINDS],
    [
        "INSERT INTO devices (id, tenant_id, user_id, state, name, platform, protection, device_kid, device_key, \
         approval_kid, approval_key, created_at) SELECT randomblob(16), tenant_id, id, 'active', 'Phone', 'desk', \
         'hardware', randomblob(32), x'00', randomblob(32), x'00', created_at FROM users \
         WHERE substr(email_key, 9, 1) < '8'",
        "INSERT INTO devices (id, tenant_id, user_id, state, name, platform, protection, device_kid, device_key, \
         approval_kid, approval_key, created_at) SELECT gen_random_uuid(), tenant_id, id, 'active', 'Phone', \
         'desk', 'hardware', sha256(uuid_send(gen_random_uuid())), '\\x00', sha256(uuid_send(gen_random_uuid())), '\\x00', \
         created_at FROM users WHERE substr(email_key, 9, 1) < '8'",
    ],
    [
        "INSERT INTO passkeys (id, tenant_id, user_id, credential_id, credential, name, created_at) \
         SELECT randomblob(16), tenant_id, id, randomblob(32), '{}', 'Key', created_at FROM users \
         WHERE email_key LIKE 'user%000@%'",
        "INSERT INTO passkeys (id, tenant_id, user_id, credential_id, credential, name, created_at) \
         SELECT gen_random_uuid(), tenant_id, id, sha256(uuid_send(gen_random_uuid())), '{}', 'Key', created_at FROM users \
         WHERE email_key LIKE 'user%000@%'",
    ],
    [
        "INSERT INTO authenticators (id, tenant_id, user_id, state, sealed, algorithm, offered_to, created_at) \
         SELECT randomblob(16), tenant_id, id, 'active', x'00', 'sha1', id, created_at FROM users \
         WHERE email_key LIKE 'user%7@%'",
        "INSERT INTO authenticators (id, tenant_id, user_id, state, sealed, algorithm, offered_to, created_at) \
         SELECT gen_random_uuid(), tenant_id, id, 'active', '\\x00', 'sha1', id, created_at FROM users \
         WHERE email_key LIKE 'user%7@%'",
    ],
    [
        "INSERT INTO recovery_codes (user_id, code_hash, tenant_id, made_at) \
         SELECT id, randomblob(32), tenant_id, created_at FROM users WHERE substr(email_key, 9, 1) < '5'",
        "INSERT INTO recovery_codes (user_id, code_hash, tenant_id, made_at) \
         SELECT id, sha256(uuid_send(gen_random_uuid())), tenant_id, created_at FROM users \
         WHERE substr(email_key, 9, 1) < '5'",
    ],
    [
        "INSERT INTO trusted_browsers (id, tenant_id, user_id, token_hash, address, created_at, last_used_at, \
         remembered_until) SELECT randomblob(16), tenant_id, id, randomblob(32), '192.0.2.1', created_at, \
         created_at, created_at + 999 * 86400000000 FROM users WHERE substr(email_key, 8, 1) < '4'",
        "INSERT INTO trusted_browsers (id, tenant_id, user_id, token_hash, address, created_at, last_used_at, \
         remembered_until) SELECT gen_random_uuid(), tenant_id, id, sha256(uuid_send(gen_random_uuid())), '192.0.2.1', \
         created_at, created_at, created_at + 999 * 86400000000 FROM users WHERE substr(email_key, 8, 1) < '4'",
    ],
    ["ANALYZE", "ANALYZE"],
];

const KINDS: &str = "UPDATE users SET \
    created_at = created_at - CAST(substr(email_key, 6, 3) AS BIGINT) % 400 * 86400000000, \
    user_type = CASE substr(email_key, 7, 1) WHEN '1' THEN 'staff' WHEN '2' THEN 'client' WHEN '3' THEN 'contractor' \
    ELSE NULL END, \
    chosen_since = CASE WHEN substr(email_key, 6, 1) IN ('1', '4', '7') THEN created_at ELSE NULL END \
    WHERE email_key LIKE 'user____%@example.com' AND length(email_key) >= 20";

/// Adds so many users, and what they have.
pub(super) async fn fill(world: &World, count: u32, database: usize) {
    world.crowd(count).await;
    // What fills a table takes longer than the server lets a statement run.
    let patient = [None, Some("SET LOCAL statement_timeout = 0")][database];
    for both in FILLED {
        let sql = both[database];
        let fill = world.app.db().write(move |tx| {
            Box::pin(async move {
                if let Some(patient) = patient {
                    tx.query(patient).execute().await?;
                }
                tx.query(sql).execute().await
            })
        });
        fill.await.unwrap();
    }
}
