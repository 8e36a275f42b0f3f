### 管理者の設定画面（日本語）。誰に、何で、どこからの確認を求めるか。

settings-lead = サインインの確認を、誰に、何で、どこからのときに求めるかを決めます。影響を確かめるまで、何も保存されません。
settings-begin = 設定を変更
settings-saved = 保存しました。これからのサインインに適用されます。
settings-same = 変更はありません。すでにこの設定です。
settings-only-administrators = この設定を変更できるのは管理者だけです。
settings-only-super = この設定を変更できるのは特権管理者だけです。内容の確認と、サインインの試算はできます。
settings-yes = はい
settings-no = いいえ
settings-as-server = サーバーの設定どおり
settings-more = 詳細

settings-who = 確認を求める相手
settings-who-help = 全員に共通の設定と、それより厳しいルールです。複数のルールに当てはまる人には、最も厳しいものが適用されます。
settings-base = 全員に共通
settings-ask-off = オフ
settings-ask-optional = 任意
settings-ask-required = 必須
settings-base-off = 下のルールに当てはまらない限り、パスワードだけでサインインできます。
settings-base-optional = 確認方法を設定している人にだけ、確認を求めます。
settings-base-required = 全員に確認を求めます。未設定の人は、サインインの途中で設定します。
settings-rule-base = 全員に共通の設定
settings-rule-named = ルール「{ $name }」
settings-rule-ask = 求める内容
settings-rule-change = このルールを変更
settings-rule-add = ルールを追加
settings-rule-name = 名前
settings-rule-who = 対象
settings-rule-roles = 対象の役割（役割を対象にする場合）
settings-rule-types = 対象の種別（ユーザー種別を対象にする場合）
settings-rule-features = 次の機能が有効なときだけ
settings-rule-plans = 次のプランのときだけ有効です：{ $plans }。プランの条件はサーバーの運用者が決めます。
settings-rule-help = 複数の名前はコンマで区切ります。空欄なら条件はありません。
settings-rule-remove = このルールを削除
settings-not-in-force = 適用外
settings-switch-off = オフ
settings-switch-on = 全員にオン
settings-choose-users = ユーザーを選ぶ
settings-who-everyone = 全員
settings-who-chosen = 管理者が選んだユーザー
settings-who-types-any = ユーザー種別
settings-who-types = 種別が{ $types }のユーザー
settings-who-no-type = ユーザー種別（未選択）
settings-who-roles-any = 役割
settings-who-no-role = 役割（未選択）
settings-role-member = メンバー
settings-role-administrator = 管理者
settings-role-super = 特権管理者
settings-when-feature = 「{ $name }」が有効な間
settings-when-plan = プラン：{ $plans }
settings-other-plan = この機能は次のプランに含まれます：{ $plans }。現在のプランは{ $plan }のため、オンにできません。
settings-grace-days = 設定までの猶予（日数）
settings-grace-help = 確認方法の設定が必要になった人は、この日数だけ後回しにできます。0なら、次のサインインで設定します。
settings-types = ユーザー種別
settings-types-help = 1行に1つ。ルールとユーザー一覧で使います。

settings-accepted = 使える確認方法
settings-accepted-help = サインインの確認に使える方法と、求める確かさです。
settings-factors = 確認方法
settings-factor-push = アプリを入れたスマートフォン
settings-factor-passkey = パスキー・セキュリティキー
settings-factor-totp = 認証アプリ
settings-factor-email = メールのコード
settings-factor-recovery = リカバリーコード
settings-floor = 求める確かさ
settings-floor-low = 選んだ方法なら、どれでもよい
settings-floor-medium = メールのコードは認めない
settings-floor-high = スマートフォンとパスキーだけ（偽の画面で使われることがない方法）
settings-number = ブラウザーに表示された数字の入力
settings-number-when-unusual = 普段と違うときだけ（新しいブラウザー、別のネットワーク、拒否のあとなど）
settings-number-always = 毎回
settings-number-never = 求めない（タップだけで承認）
settings-digits = 数字の桁数
settings-attestation = 新しいスマートフォンの、鍵の保管場所の証明
settings-attestation-not-asked = 求めない
settings-attestation-recorded = 記録する（証明がなくても追加でき、結果はユーザーの画面に表示されます）
settings-attestation-required = 必須にする（証明できたスマートフォンだけを追加できます）
settings-attestation-help = スマートフォンを追加するときに、そのメーカーが証明します。追加済みのスマートフォンには影響しません。認めるアプリは、サーバーの設定で決まります。
settings-email-code-seconds = メールのコードの有効時間（秒）
settings-recovery-hours = メール以外をすべて失った人の待ち時間（時間）
settings-totp-algorithm = 新しい認証アプリのハッシュ方式
settings-totp-strict = 認証アプリの時計のずれを認めない（30秒単位）
settings-device-passcode = 顔や指紋の代わりに、スマートフォンのパスコードによる承認を認める

settings-networks = ネットワーク
settings-networks-help = 1行に1つ、192.0.2.0/24 や 2001:db8::/32 のように書きます。現在のアドレスは { $address } です。
settings-trusted = パスワードだけでよいネットワーク
settings-trusted-help = 最近サインインの拒否や報告があった場合は、確認を求めます。
settings-allowed = サインインできるネットワーク
settings-allowed-help = 空欄なら、どこからでもサインインできます。

settings-sessions = ブラウザーとセッション
settings-sessions-help = 空欄なら、セッションの長さはサーバーの設定に従います。今あるセッションは続きます。
settings-remember-days = 同じブラウザーで確認を省略できる日数
settings-session-hours = セッションの長さ（時間）
settings-session-administrator-hours = 管理者のセッションの長さ（時間）

settings-rights = 権限
settings-rights-help = 必須の人は、自分ではオフにできません。
settings-off-by = 任意の場合にオフにできる人
settings-off-by-themselves = 本人
settings-by-administrators = 管理者
settings-by-super = 特権管理者のみ
settings-changed-by = この設定を変更できる人
settings-when-off = オフにしたとき、設定済みの確認方法は
settings-off-keep = 残す（次にオンにしたときに使えます）
settings-off-remove = 削除する
settings-two = リセットには管理者2人が必要
settings-two-label = ほかの人の確認方法のリセットに、もう1人の管理者の承認を求める（その場合、この設定を変更できるのは特権管理者だけになります）

settings-check = 変更の影響を確かめる
settings-check-help = 次の画面で、誰に影響するかを表示します。まだ保存されません。
settings-save = 保存
settings-edit = 入力に戻る

settings-presets = 用意された設定から始める
settings-presets-help = 確認を求める相手と使える方法を置き換えます。ネットワーク、セッション、ユーザー種別はそのままです。
settings-presets-open = 一覧を表示
settings-preset-use = 影響を確かめる
settings-preset-usual = 確認方法を設定した人にだけ確認を求めます。管理者は、個々のユーザーに必須とすることもできます。
settings-preset-by-user = 管理者がオンにするまでオフです。1人ずつでも、まとめてでもオンにできます。アプリ、認証アプリ、メールのコードが使えます。
settings-preset-by-type = 任意で、本人がオン・オフを切り替えます。選んだ種別のユーザーには必須で、会計プラグインが有効になると全員に必須です。
settings-preset-for-all = 全員に必須で、サインインの途中で設定します。任意にできるのは特権管理者だけです。
settings-preset-company = 会社全体のスイッチを管理者が切り替えます。オフにすると、全員の設定が削除されます。

settings-problem-network = 「{ $text }」はネットワークではありません。192.0.2.0/24 のように、1行に1つ書いてください。
settings-problem-number = 数字の欄が空欄か、整数ではありません。入力し直してください。
settings-problem-plan = この機能は次のプランに含まれます：{ $plans }。現在のプランには含まれないため、オンにできません。
settings-problem-plans-set = ルール「{ $rule }」の対象プランの変更と、このルールの削除や名前の変更は、ここではできません。サーバーの運用者にお問い合わせください。
settings-problem-locks-out = 現在のアドレス { $address } は、サインインできるネットワークに入っていません。ご自身のネットワークを加えないと、次からサインインできなくなります。
settings-problem-unreadable = 設定として読み取れませんでした。はじめからやり直してください。
settings-problem-rule-name = ルールには、それぞれ別の名前が必要です。文字、数字、空白、「-」「_」で40字までです。
settings-problem-unknown-type = 「{ $name }」という種別はありません。ユーザー種別に加えるか、選択を外してください。
settings-problem-type-name = 「{ $name }」は種別の名前にできません。文字、数字、空白、「-」「_」で40字までです。
settings-problem-bounds = 「{ $what }」は{ $least }から{ $most }までです。
settings-problem-nothing-allowed = このままでは、設定できる確認方法がありません。求める確かさに足りる方法（スマートフォン、パスキー、認証アプリ）を選んでください。
settings-problem-too-many = ルール、種別、ネットワークは、それぞれ100までです。
settings-problem-no-plan = プランを条件とするルールに、プランの名前がありません。

## 保存する前の確認

preview-title = 保存する前にご確認ください
preview-lead = 次のサインインから、このようになります。
preview-means = 影響
preview-users = ユーザー
preview-asked-before = 現在、確認を求める人
preview-asked-after = 変更後、確認を求める人
preview-nobody = 確認を求められる人も、確認方法の設定が必要な人も、今と変わりません。
preview-network-trusted = { $users ->
   *[other] { $networks } からは、パスワードだけでサインインできるようになります（確認を求められる{ $users }人が対象）
}
preview-network-untrusted = { $users ->
   *[other] { $networks } からも、確認を求められるようになります（{ $users }人が対象）
}
preview-network-only = { $users ->
   *[other] { $networks } 以外からは、サインインできなくなります（{ $users }人が対象）
}
preview-network-anywhere = { $users ->
   *[other] どこからでもサインインできるようになります（{ $users }人が対象）
}
preview-network-opened = { $users ->
   *[other] 今は許可されていない { $networks } からも、サインインできるようになります（{ $users }人が対象）
}
preview-network-closed = { $users ->
   *[other] { $networks } からは、許可されたほかのネットワークに含まれる場合を除き、サインインできなくなります（{ $users }人が対象）
}
preview-elsewhere = 人数は、パスワードだけでよいネットワーク以外からサインインする場合のものです。
preview-passcode = 端末のパスコードで承認しているスマートフォンは、次の承認から使えなくなり、登録し直す必要があります。
preview-session-lengths = 新しいセッションの長さは、変更後に始まるセッションから適用されます。
preview-set-up = { $users ->
   *[other] 人が、次のサインインで確認方法の設定が必要になります
}
preview-set-up-later = { $users ->
   *[other] 人が、{ $days }日以内に確認方法の設定が必要になります
}
preview-asked = { $users ->
   *[other] 人に、設定済みの方法での確認を求めるようになります
}
preview-loses = { $users ->
   *[other] 人の設定済みの方法が、使えなくなります
}
preview-removed = { $users ->
   *[other] 人の設定済みの方法が、削除されます
}
preview-not-asked = { $users ->
   *[other] 人に、確認を求めなくなります
}
preview-browsers = { $users ->
   *[other] 人に、確認を省略していたブラウザーで再び確認を求めます
}
preview-show = 対象者を表示
preview-first = 最初の{ $count }人を表示しています。
preview-later = 続きの{ $count }人を表示しています。
preview-more = さらに表示
preview-from-first = 最初から表示
preview-sessions = サインアウトされる人はいません。今あるセッションは続きます。
preview-told = { $users ->
    [0] メールでのお知らせはありません。
   *[other] { $users }人にメールでお知らせします。
}
preview-no-mail = メールサーバーが設定されていないため、メールでのお知らせはありません。
preview-one = ユーザーを指定して確認
preview-look = 確認
preview-find = 名前またはメールアドレス
preview-from = サインイン元のアドレス（任意）
preview-found-several = どのユーザーですか？
preview-found-many = ほかにも見つかりました。選ぶか、名前をもう少し詳しく入力してください。
preview-found-nobody = このメールアドレスのユーザーはいません。
preview-found-none = この名前またはメールアドレスのユーザーはいません。
preview-found-disabled = このユーザーは無効になっているため、サインインできません。
preview-user = ユーザー
preview-now = 現在
preview-then = 変更後
preview-by-rule = 理由
preview-changes = 変更する設定
preview-setting = 設定
preview-nothing = なし
preview-stands-not-asked = パスワードのみ
preview-stands-asked = 確認あり
preview-stands-set-up = 確認方法を設定
preview-stands-set-up-by = { $until } までに確認方法を設定
preview-prove-first = ご本人の確認から時間がたっています。新しいタブで確認してから、この画面に戻って「保存」を押してください。
preview-prove = 本人確認をする
preview-overtaken = ほかの人が設定を変更しました。新しい設定に対する変更を表示していますので、もう一度ご確認ください。

## サインインの試算

what-if-title = サインインするとどうなるか
what-if-lead = 現在の設定で、誰が、どこからサインインすると、何を求められるかを調べます。
what-if-open = 調べる
what-if-address = ネットワークアドレス
what-if-browser = ブラウザー
what-if-browser-known = 最後に使ったブラウザー
what-if-browser-new = 新しいブラウザー
what-if-ask = 調べる
what-if-not-an-address = ネットワークアドレスではありません。192.0.2.7 や 2001:db8::7 のように書いてください。
what-if-not-from-here = そこからはサインインできません
what-if-password = パスワードだけでサインインできます
what-if-prove = サインインの確認を求められます
what-if-set-up = 先に確認方法の設定が必要です
what-if-elsewhere = 別のアドレスでのサインインが必要です
what-if-why-elsewhere = このユーザーのパスキーは、別のアドレスで登録されたもので、そこでしか使えません。
what-if-why-network = サインインできるネットワークに入っていません。
what-if-why-off = このユーザーには確認を求めていません。
what-if-why-nothing = 任意であり、このユーザーは確認方法を設定していません。
what-if-why-trusted = パスワードだけでよいネットワークです。
what-if-why-grace = 確認方法の設定が必要ですが、{ $until } までは猶予があります。
what-if-why-remembered = このブラウザーでは確認が省略されています。
what-if-why-prove = 使える方法：{ $ways }
what-if-why-set-up = 認められた確認方法が、まだ設定されていません。
what-if-tap-always = スマートフォンではタップだけで承認できます（数字を求めない設定です）。
what-if-tap-usual = スマートフォンではタップだけで承認できます（普段と違うところはありません）。
what-if-number-always = スマートフォンで数字の入力を求めます（毎回求める設定です）。
what-if-number-browser = スマートフォンで数字の入力を求めます（新しいブラウザーです）。
what-if-number-network = スマートフォンで数字の入力を求めます（普段と別のネットワークです）。
what-if-number-denied = スマートフォンで数字の入力を求めます（最近、サインインの拒否か報告がありました）。
what-if-number-reported = スマートフォンで数字の入力を求めます（最近、このアドレスからのサインインが報告されました）。
what-if-number-administrator = スマートフォンで数字の入力を求めます（管理者には常に求めます）。
what-if-then-set-up = そのあとで、認められた確認方法の設定が必要です。
what-if-no-browser = このユーザーが使ったことのあるブラウザーがないため、新しいブラウザーとして調べました。
what-if-disabled = このユーザーは無効になっているため、サインインできません。
