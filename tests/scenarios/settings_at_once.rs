//! Two administrators at the settings at once: neither undoes what the other did without seeing it.

use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_tests::On;
use countersign_tests::settings::{PREVIEW, SETTINGS, fields, press, save, send, type_settings};

use crate::settings::{policy, world};

stories!(
    what_somebody_else_changed_meanwhile_is_not_lost,
    a_form_that_was_overtaken_is_a_change_to_what_it_showed,
    a_change_that_removed_a_rule_is_changed_further,
);

async fn what_somebody_else_changed_meanwhile_is_not_lost(on: On) {
    let (world, root) = world(on).await;
    let preview = type_settings(&root, &[("base", Some("required"))]).await;
    world.change_policy(|policy| policy.grace_days = 9).await;
    let late = save(&root, &preview).await;
    assert_eq!(late.status, 409);
    assert!(late.text_of("preview-notice").unwrap().starts_with("Somebody else"), "{}", late.body);
    let now = policy(&world).await;
    assert_eq!((now.base, now.grace_days), (SecondFactor::Optional, 9));
    // What is shown now is the difference to what the other one saved.
    assert!(late.body.contains("Days to set one up"), "{}", late.body);
    assert_eq!(save(&root, &late).await.location.as_deref(), Some("/admin/settings?done=saved"));
    assert_eq!(policy(&world).await.grace_days, 0, "it was seen, and wanted so");
}

async fn a_form_that_was_overtaken_is_a_change_to_what_it_showed(on: On) {
    let (world, root) = world(on).await;
    world.change_policy(|policy| *policy = Preset::ProWorkflow.policy()).await;
    let form = root.get(SETTINGS).await.unwrap();
    // The first rule goes; the form's first rule is still the one that it showed.
    world.change_policy(|policy| drop(policy.rules.remove(0))).await;
    let mut typed = fields(&form);
    typed.insert("rule-1-ask".to_owned(), "optional".to_owned());
    let preview = send(&root, &form, PREVIEW, &typed).await;
    assert_eq!(preview.status, 409);
    assert!(preview.text_of("preview-notice").unwrap().starts_with("Somebody else"), "{}", preview.body);
    assert_eq!(save(&root, &preview).await.location.as_deref(), Some("/admin/settings?done=saved"));
    let asks: Vec<_> = policy(&world).await.rules.into_iter().map(|rule| (rule.name, rule.ask)).collect();
    assert_eq!(
        asks,
        [
            (Preset::FINANCE.to_owned(), SecondFactor::Required),
            (Preset::FORCED_TYPES.to_owned(), SecondFactor::Optional),
        ],
        "it was seen, and wanted so"
    );
}

async fn a_change_that_removed_a_rule_is_changed_further(on: On) {
    let (world, root) = world(on).await;
    world.change_policy(|policy| *policy = Preset::ProWorkflow.policy()).await;
    let preview = type_settings(&root, &[("rule-0-remove", Some("on"))]).await;
    let form = press(&root, &preview, "edit", "on").await;
    let mut typed = fields(&form);
    assert_eq!(typed["rule-0-name"], Preset::FORCED_TYPES);
    typed.insert("grace_days".to_owned(), "3".to_owned());
    let preview = send(&root, &form, PREVIEW, &typed).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert_eq!(save(&root, &preview).await.location.as_deref(), Some("/admin/settings?done=saved"));
    let now = policy(&world).await;
    let names: Vec<_> = now.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!((names, now.grace_days), (vec![Preset::FORCED_TYPES], 3));
}
