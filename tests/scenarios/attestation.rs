//! A phone proves where it keeps its keys, and its tenant asks for that, notes it, or does not look.

use std::sync::Arc;

use countersign_mobile_core::{Error, Lang, Reason};
use countersign_protocol::api::{ClaimBody, ErrorCode, path};
use countersign_protocol::attestation::{Attestation, Blob, challenge, client_data_hash};
use countersign_protocol::bytes::Digest;
use countersign_protocol::pairing::{ApprovalUnlock, KeyProtection, PairingClaim, PairingLink};
use countersign_protocol::statement::{Signer as _, sign};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::attestation::{AttestationRule, BootState, Doubt, Finding, KeyLevel};
use countersign_server::signing_key::SigningKey;
use countersign_tests::attestation::{AndroidMaker, AppleMaker, Claims, Dates, Description, android, apple};
use countersign_tests::forge::Answer;
use countersign_tests::settings::{change_settings, type_settings};
use countersign_tests::{On, Setup, World};
use reqwest::Client;

stories!(
    the_core_of_an_attested_phone_brings_what_is_required,
    the_core_of_another_phone_says_what_is_missing,
    an_android_phone_proves_its_keys_where_that_is_required,
    an_apple_phone_proves_its_app_where_that_is_required,
    a_phone_that_proves_nothing_is_refused_where_proof_is_required,
    what_is_recorded_is_kept_whatever_came_of_it,
    nothing_is_looked_at_where_nothing_is_asked,
    what_travels_beside_the_claim_is_what_it_names,
    a_list_that_cannot_be_read_any_more_lets_nobody_in,
    administrators_ask_for_it_in_the_settings_and_see_what_a_phone_proved,
);

/// A world whose server believes these makers, and the file of revoked certificates.
struct Bench {
    world: World,
    android: Arc<AndroidMaker>,
    apple: Arc<AppleMaker>,
    home: tempfile::TempDir,
}

impl Bench {
    async fn new(on: On, rule: AttestationRule) -> Self {
        let (android, apple) = (Arc::new(AndroidMaker::default()), Arc::new(AppleMaker::default()));
        let home = tempfile::tempdir().unwrap();
        let (roots, revoked) = (home.path().join("roots.pem"), home.path().join("status.json"));
        std::fs::write(&roots, format!("{}{}", android.root_pem(), apple.root_pem())).unwrap();
        std::fs::write(&revoked, r#"{"entries":{}}"#).unwrap();
        let signer: String = android::SIGNER.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let settings = [
            ("ANDROID_APPS", format!("{}/{signer}", android::PACKAGE)),
            ("APPLE_APPS", apple::APP.to_owned()),
            ("EXTRA_ROOTS", roots.display().to_string()),
            ("REVOCATION_FILE", revoked.display().to_string()),
        ];
        let settings = settings.map(|(name, value)| (format!("COUNTERSIGN_ATTESTATION__{name}"), value));
        let world = World::with_settings(on, Setup::default(), settings.into()).await;
        world.change_policy(|policy| policy.attestation = rule).await;
        Self { world, android, apple, home }
    }

    async fn claimant(&self) -> Claimant {
        let at = self.world.at().await;
        let link = self.world.app.offer_pairing(&at, self.world.user).await.unwrap();
        Claimant {
            link,
            device: SigningKey::generate().0,
            approval: SigningKey::generate().0,
            unlock: ApprovalUnlock::Biometric,
        }
    }

    fn says(&self, by: &Claimant) -> Description {
        Description::of(by.challenge())
    }

    fn android(&self, by: &Claimant, says: &Description) -> Attestation {
        self.android.attest(by.device.public_key(), by.approval.public_key(), says)
    }

    /// Claims with what both statements name.
    async fn claim(&self, by: &Claimant, attestation: Option<Attestation>) -> Answer {
        let named = attestation.as_ref().map(Attestation::digest);
        self.claim_naming(by, attestation, named).await
    }

    async fn claim_naming(
        &self,
        by: &Claimant,
        beside: Option<Attestation>,
        named: Option<Digest>,
    ) -> Answer {
        let claim = PairingClaim {
            aud: by.link.origin.clone(),
            pairing: by.link.id,
            secret_hash: by.link.secret_hash(),
            device_key: by.device.public_key().jwk(),
            approval_key: by.approval.public_key().jwk(),
            protection: KeyProtection::Hardware,
            approval_unlock: by.unlock,
            platform: "android".into(),
            model: "Ada’s phone".into(),
            push: None,
            attestation: named,
            iat: self.world.clock.now().into(),
        };
        let (device, approval) = (sign(&claim, &by.device).unwrap(), sign(&claim, &by.approval).unwrap());
        let body = ClaimBody { device, approval, attestation: beside };
        let url = format!("{}{}", by.link.origin, path::pairing(by.link.id));
        let client = Client::builder().no_proxy().build().unwrap();
        let request = client.post(url).body(serde_json::to_vec(&body).unwrap());
        Answer::of(request.send().await.unwrap()).await
    }

    /// What is kept with the newest device.
    async fn kept(&self) -> Option<Finding> {
        let newest = "SELECT attestation FROM devices ORDER BY created_at DESC LIMIT 1";
        let kept = self.world.texts(newest).await.remove(0);
        kept.map(|text| serde_json::from_str(&text).unwrap())
    }

    async fn refuses(&self, by: &Claimant, attestation: Option<Attestation>) {
        let answer = self.claim(by, attestation).await;
        assert_eq!((answer.status, answer.code), (403, Some(ErrorCode::AttestationRequired)));
        assert_eq!(self.world.count("SELECT COUNT(*) FROM devices").await, 0);
    }
}

/// A phone with a link and two keys.
struct Claimant {
    link: PairingLink,
    device: SigningKey,
    approval: SigningKey,
    unlock: ApprovalUnlock,
}

impl Claimant {
    fn challenge(&self) -> Digest {
        challenge(&self.link.origin, self.link.id, self.link.secret_hash())
    }
}

async fn the_core_of_an_attested_phone_brings_what_is_required(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    for level in [KeyLevel::StrongBox, KeyLevel::AppleDevice] {
        let phone = bench.world.phone("Ada’s phone");
        let core = match level {
            KeyLevel::AppleDevice => phone.apple_core(Arc::clone(&bench.apple)),
            _ => phone.android_core(Arc::clone(&bench.android)),
        };
        let link = bench.claimant().await.link.to_string();
        assert_eq!(core.pair(link, None).await.unwrap().code.len(), 6);
        let Some(Finding::Verified(proof)) = bench.kept().await else { panic!("it is not verified") };
        assert_eq!(proof.level, level);
    }
}

async fn the_core_of_another_phone_says_what_is_missing(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    let phone = bench.world.phone("Ada’s phone");
    let link = bench.claimant().await.link.to_string();
    let refused = phone.core.pair(link.clone(), None).await.unwrap_err();
    assert_eq!(refused, Error::TellUser(Reason::AttestationRequired));
    assert!(refused.message(Lang::English).contains("prove where it keeps its keys"));
    assert!(refused.message(Lang::Japanese).contains("証明"));
    let other = phone.android_core(Arc::new(AndroidMaker::default()));
    let refused = other.pair(link, None).await.unwrap_err();
    assert_eq!(refused, Error::TellUser(Reason::AttestationRequired), "whose maker nobody knows");
    assert!(phone.core.accounts().await.unwrap().is_empty());
}

async fn an_android_phone_proves_its_keys_where_that_is_required(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    let by = bench.claimant().await;
    let answer = bench.claim(&by, Some(bench.android(&by, &bench.says(&by)))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let Some(Finding::Verified(proof)) = bench.kept().await else { panic!("it is not verified") };
    assert_eq!((proof.level, proof.app.as_str()), (KeyLevel::StrongBox, android::PACKAGE));
    assert_eq!((proof.os_patch_level, proof.boot), (Some(202_611), Some(BootState::Verified)));
}

async fn an_apple_phone_proves_its_app_where_that_is_required(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    let by = bench.claimant().await;
    let over = client_data_hash(by.challenge(), by.device.kid(), by.approval.kid());
    let answer = bench.claim(&by, Some(bench.apple.attest(&Claims::over(over), Dates::Good))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let Some(Finding::Verified(proof)) = bench.kept().await else { panic!("it is not verified") };
    assert_eq!((proof.level, proof.app.as_str()), (KeyLevel::AppleDevice, apple::APP));
}

async fn a_phone_that_proves_nothing_is_refused_where_proof_is_required(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    let by = bench.claimant().await;
    bench.refuses(&by, None).await;
    bench
        .refuses(&by, Some(Attestation::AndroidKey { device: vec![], approval: vec![Blob(vec![0x30])] }))
        .await;
    let software = Description { key_level: 0, ..bench.says(&by) };
    bench.refuses(&by, Some(bench.android(&by, &software))).await;
    let earlier = bench.claimant().await;
    let for_another_pairing = bench.android(&by, &bench.says(&by));
    bench.refuses(&earlier, Some(for_another_pairing)).await;
    let noted = "SELECT COUNT(*) FROM audit WHERE event = 'pairing.refused' \
        AND detail LIKE '%\"reason\":\"attestation\"%' AND detail LIKE '%\"attestation\":%'";
    assert_eq!(bench.world.count(noted).await, 4, "each with what came of it");
    // A refusal does not use the pairing up: an app that is updated claims it.
    let answer = bench.claim(&earlier, Some(bench.android(&earlier, &bench.says(&earlier)))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn what_is_recorded_is_kept_whatever_came_of_it(on: On) {
    let doubt = |why| Finding::Unverified { why };
    let bench = Bench::new(on, AttestationRule::Recorded).await;
    for expected in
        [None, Some(Finding::Absent), Some(doubt(Doubt::SoftwareKeys)), Some(doubt(Doubt::Malformed))]
    {
        let by = bench.claimant().await;
        let attestation = match &expected {
            None => Some(bench.android(&by, &bench.says(&by))),
            Some(Finding::Unverified { why: Doubt::SoftwareKeys }) => {
                Some(bench.android(&by, &Description { key_level: 0, ..bench.says(&by) }))
            }
            Some(Finding::Unverified { .. }) => {
                Some(Attestation::AndroidKey { device: vec![], approval: vec![] })
            }
            _ => None,
        };
        let answer = bench.claim(&by, attestation).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let kept = bench.kept().await.unwrap();
        match expected {
            None => assert!(matches!(kept, Finding::Verified(_)), "{kept:?}"),
            Some(expected) => assert_eq!(kept, expected),
        }
    }
}

async fn nothing_is_looked_at_where_nothing_is_asked(on: On) {
    let bench = Bench::new(on, AttestationRule::NotAsked).await;
    let by = bench.claimant().await;
    let answer = bench.claim(&by, Some(bench.android(&by, &bench.says(&by)))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(bench.kept().await, None);
}

async fn what_travels_beside_the_claim_is_what_it_names(on: On) {
    let bench = Bench::new(on, AttestationRule::Recorded).await;
    let by = bench.claimant().await;
    let own = bench.android(&by, &bench.says(&by));
    let other = bench.android(&by, &bench.says(&by));
    for (beside, named) in
        [(None, Some(own.digest())), (Some(own.clone()), None), (Some(other), Some(own.digest()))]
    {
        let answer = bench.claim_naming(&by, beside, named).await;
        assert_eq!((answer.status, answer.code), (400, Some(ErrorCode::BadRequest)));
    }
    assert_eq!(bench.claim(&by, Some(own)).await.status, 200, "none of these used the pairing up");
}

async fn a_list_that_cannot_be_read_any_more_lets_nobody_in(on: On) {
    let bench = Bench::new(on, AttestationRule::Required).await;
    let by = bench.claimant().await;
    let list = bench.home.path().join("status.json");
    std::fs::remove_file(&list).unwrap();
    bench.refuses(&by, Some(bench.android(&by, &bench.says(&by)))).await;
    std::fs::write(&list, r#"{"entries":{"1":{"status":"REVOKED"}}}"#).unwrap();
    assert_eq!(bench.claim(&by, Some(bench.android(&by, &bench.says(&by)))).await.status, 200);
}

async fn administrators_ask_for_it_in_the_settings_and_see_what_a_phone_proved(on: On) {
    const ROOT: &str = "root@example.com";
    let bench = Bench::new(on, AttestationRule::NotAsked).await;
    let world = &bench.world;
    world.add_super_administrator(ROOT).await;
    let root = world.signed_in_by_password(ROOT).await;
    let recorded = [("attestation", Some("recorded"))];
    let preview = type_settings(&root, &recorded).await;
    assert!(preview.body.contains("Recorded: any phone is taken"), "what changes is named: {}", preview.body);
    change_settings(&root, &recorded).await;
    // A tenant is remembered for five seconds.
    world.clock.advance(std::time::Duration::from_secs(6));

    let phone = world.phone("Ada’s phone").android_core(Arc::clone(&bench.android));
    let at = world.at().await;
    let code = phone.pair(bench.claimant().await.link.to_string(), None).await.unwrap().code;
    world.app.confirm_newest_pairing(&at, world.user, &code).await.unwrap();
    world.paired_phone("Another phone").await;
    let page = root.get(&format!("/admin/users/{}", world.user)).await.unwrap();
    assert!(page.body.contains("Its maker vouches: keys in a security chip"), "{}", page.body);
    assert!(page.body.contains("Its maker doesn’t vouch for it"), "{}", page.body);

    change_settings(&root, &[("attestation", Some("required"))]).await;
    world.clock.advance(std::time::Duration::from_secs(6));
    let link = bench.claimant().await.link.to_string();
    let refused = world.phone("Third").core.pair(link, None).await.unwrap_err();
    assert_eq!(refused, Error::TellUser(Reason::AttestationRequired));
}
