### 管理者が見るユーザーの画面（日本語）。取り消しのきかないボタンには、何が起きるかを書く。

role-member = メンバー
role-administrator = 管理者
role-super-administrator = 特権管理者
asked-off = 無効
asked-optional = 任意
asked-required = 必須
held-push = スマートフォン
held-passkey = パスキー
held-email = メール
held-nothing = 未設定
held-something = 設定あり
list-and = 、

users-count = { $count ->
    [0] 該当なし
   *[other] { $number }人
}
users-count-more = { $number }人以上
users-export = CSVに書き出す
users-resets = 別の管理者の判断を待っているリセット
users-reset-by = 依頼者：{ $by }
users-reset-until = 期限：{ $until }
users-search = 名前・メールアドレス
users-any = すべて
users-show = 表示
users-clear = 条件を解除
users-state = アカウント
users-active = 有効
users-disabled = 無効
users-chosen = 個別の有効化
users-chosen-on = あり
users-chosen-off = なし
users-holds = 設定済みの方法
users-type = 種別
users-role = 役割
users-no-type = なし
users-select-page = このページのユーザーをすべて選択
users-user = ユーザー
users-kind = 区分
users-asked = 2段階の確認
users-last = 最後のサインイン
users-never = なし
users-none = 該当するユーザーはいません。
users-pages = ページ
users-before = 前へ
users-after = 次へ
users-nobody-selected = ユーザーが選択されていません。一覧から選ぶか、該当するすべてのユーザーを対象にしてください。
users-confirmed = 確認できました。しばらくの間は、確認なしで変更できます。お手数ですが、もう一度操作を選んでください。

action-turn-on = 2段階の確認を有効にする
action-turn-off = 2段階の確認を無効にする
action-disable = アカウントを無効にする
action-enable = アカウントを有効にする
action-reset = 確認方法をリセットする
action-unlock = 一時停止を解除する
action-end-sessions = すべての場所からサインアウトする
action-set-type = 種別を「{ $type }」にする
action-no-type = 種別をなしにする
action-set-role = 役割を変更する
action-tell-on = 有効になったことを知らせる
action-tell-due = 設定を促す
action-tell-off = 無効になったことを知らせる

bulk-title = 操作
bulk-whom = 対象
bulk-these = 選択したユーザー
bulk-all = 該当するすべて：{ $number }
bulk-action = 操作
bulk-go = 次へ
bulk-meant = 対象のユーザー
bulk-more = ほか{ $number }件
bulk-skipped = ご自身と、ご自身より上位の役割のユーザーは対象になりません。処理はバックグラウンドで行われ、途中で止めることもできます。
bulk-turn-on-title = { $count ->
   *[other] { $number }人の2段階の確認を有効にしますか？
}
bulk-turn-on-why = 次のサインインから、2段階目の確認が必要になります。確認方法が未設定の場合は、メールで足りるときを除き、サインインのときに設定します。対象のユーザーにはメールで知らせます。現在サインインしている場所は、そのまま使えます。
bulk-turn-off-title = { $count ->
   *[other] { $number }人の2段階の確認を無効にしますか？
}
bulk-turn-off-why = { $holding ->
    [0] ほかのルールで必須になっていなければ、パスワードだけでサインインできるようになり、そのことをメールで知らせます。
   *[other] { $number }人が設定した確認方法は、設定画面の指定に従って残すか削除します。ほかのルールで必須になっていなければ、何も設定していないユーザーはパスワードだけでサインインできるようになります。設定画面で「オフ」の場合は、設定済みのユーザーも同じです。該当するユーザーにはメールで知らせます。
}
bulk-set-role-title = { $count ->
   *[other] { $number }人の役割を変更しますか？
}
bulk-set-role-why = 上位の役割になったユーザーは、すべての場所からサインアウトされます。
bulk-disable-title = { $count ->
   *[other] { $number }人のアカウントを無効にしますか？
}
bulk-disable-why = すぐにすべての場所からサインアウトされ、もう一度有効にするまでサインインできません。
bulk-enable-title = { $count ->
   *[other] { $number }人のアカウントを有効にしますか？
}
bulk-enable-why = 以前のパスワードと確認方法で、再びサインインできるようになります。
bulk-reset-title = { $count ->
   *[other] { $number }人の確認方法をリセットしますか？
}
bulk-reset-why = { $holding ->
    [0] 確認方法を設定したユーザーはいません。すべての場所からサインアウトされ、メールで知らせます。
   *[other] { $number }人が設定したスマートフォン、パスキー、認証アプリ、リカバリーコードを削除します。元には戻せません。対象のユーザーはすべての場所からサインアウトされ、メールで知らせます。
}
bulk-unlock-title = { $count ->
   *[other] { $number }人の一時停止を解除しますか？
}
bulk-unlock-why = 誤ったコードが続いたために停止している確認方法が、再び使えるようになります。
bulk-end-sessions-title = { $count ->
   *[other] { $number }人をすべての場所からサインアウトしますか？
}
bulk-end-sessions-why = すべてのセッションがすぐに終了します。再びサインインすることはできます。
bulk-set-type-title = { $count ->
   *[other] { $number }人の種別を変更しますか？
}
bulk-set-type-why = 種別が「{ $type }」になります。それに伴い、求められる確認が変わることがあります。
bulk-no-type-why = 種別がなくなります。それに伴い、求められる確認が変わることがあります。
bulk-tell-title = { $count ->
   *[other] { $number }人に知らせますか？
}
bulk-tell-why = メールを送ります。

user-done = 変更しました。
user-same = すでにその状態です。何も変更していません。
user-not-allowed = このユーザーには操作できません。ご自身のアカウントか、より上位の役割が必要な操作です。
user-last = 最後の特権管理者です。先に別のユーザーを特権管理者にしてください。
user-not-in-policy = 設定に、個別に有効にするためのルールか、この種別がありません。
user-needs-two = この操作をすると、このユーザーが設定した確認方法がなくてもサインインできるようになります。ここでは管理者2人の承認が必要です。先にリセットを依頼してください。別の管理者が実行します。
user-reset-asked = リセットを依頼しました。24時間以内に、別の管理者が実行または却下します。ユーザーにはメールで知らせました。
user-reset-waits = すでにリセットが依頼されています。
user-reset-refused = リセットを却下しました。何も削除されていません。
user-reset-lapsed = 何も削除されていません。このリセットを依頼した人には、依頼する権限がなくなっています。必要な場合は、もう一度依頼してください。
user-reset-over = このリセットはすでに終了しています。何も変更されていません。
user-email-taken = このメールアドレスは別のユーザーが使っています。
user-not-an-email = メールアドレスとして正しくありません。「ada@example.com」のように入力してください。
user-name-long = 名前は200文字以内で入力してください。
user-password-length = パスワードは8文字以上で入力してください。
user-added-done = ユーザーを追加しました。
user-reset-title = リセットが別の管理者の判断を待っています
user-reset-decide = ご本人の希望かどうか、直接か電話でお確かめください。実行すると、スマートフォン、パスキー、認証アプリ、リカバリーコードが削除され、元には戻せません。ご本人はすべての場所からサインアウトされます。
user-reset-carry-out = リセットを実行する
user-reset-refuse = 却下する
user-reset-another = 判断できるのは、ほかの管理者です。
user-second-factor = 2段階の確認
user-by-rule = ルール「{ $rule }」による
user-by-base = 全員に共通
user-grace = 設定の期限
user-added = 追加日時
user-actions = できる操作
user-not-yours = このユーザーは変更できません。ご自身のアカウントか、上位の役割のユーザーです。
user-account = アカウント
user-name = 名前
user-email = メールアドレス
user-email-note = メールアドレスを変更すると、以前のアドレスと新しいアドレスの両方に知らせます。
user-save = 保存
user-new-password = 新しいパスワードを発行
user-new-password-why = すべての場所からサインアウトされ、メールで知らせます。ご本人は次のサインインのあと、別のパスワードを設定します。このパスワードは、直接か電話でお伝えください。
user-initial-password = 最初のサインイン用のパスワード
user-nothing = ありません。
user-reset-ask = リセットを依頼する
user-turn-on-why = 次のサインインから、2段階目の確認が必要になります。ご本人にはメールで知らせます。
user-turn-off-why = 設定済みの方法は、設定画面の指定に従って残すか削除します。ほかのルールで必須になっていなければ、何も設定していない場合や、設定画面で「オフ」の場合は、パスワードだけでサインインできるようになり、そのことをご本人にメールで知らせます。
user-disable-why = すぐにすべての場所からサインアウトされ、もう一度有効にするまでサインインできません。
user-enable-why = 以前のパスワードと確認方法で、再びサインインできるようになります。
user-unlock-why = 誤ったコードが続いたために停止している確認方法が、再び使えるようになります。
user-end-sessions-why = すべてのセッションがすぐに終了します。再びサインインすることはできます。
user-reset-why = スマートフォン、パスキー、認証アプリ、リカバリーコードを削除します。元には戻せません。ご本人はすべての場所からサインアウトされ、メールで知らせます。
user-reset-ask-why = 24時間以内に、別の管理者が実行または却下します。依頼があったことは、ご本人にメールで知らせます。
user-phones = スマートフォン
user-codes = コード
user-browsers = 信頼済みのブラウザー
user-sessions = セッション
user-added-on = { $when } 追加
user-used-on = { $when } 使用
user-since = { $when } から
user-codes-left = 残り{ $left }個

user-add-title = ユーザーを追加
user-add-lead = ご本人はこのパスワードで一度サインインし、そのあと別のパスワードを設定します。パスワードは、直接か電話でお伝えください。
user-add = 追加する

jobs-title = 一括処理
jobs-none = まだありません。
job-state = 状態
job-when = 開始
job-waiting = 処理中
job-done = 完了
job-stopped = 中止
job-later = { $when } に開始
job-progress = 進み具合
job-total = 対象
job-seen = 確認済み
job-changed = 変更
job-begun = { $when } に開始しました。
job-unchanged = 変更されなかったユーザーは、すでにその状態だったか、開始した人の役割では変更できません。
job-stop = 中止する
job-stop-why = すでに行われた変更は元に戻らず、残りのユーザーは変更されません。あとから再開することはできません。
job-not-yours = この処理は、より上位の役割でなければ中止できません。

import-title = CSVを読み込む
import-lead = はじめに、何が変わるかを表示します。確認するまで何も変更しません。
import-file = CSVファイル
import-table = またはその内容
import-columns = 1行目は列の名前です。email は必須で、name、type、role、language（en または ja）、password を加えられます。language と password は、新しいユーザーだけに使われます。ユーザーはメールアドレスで見分けます。書き出したCSVの列は、そのままでかまいません。役割を変えられるのは特権管理者だけです。
import-look = 何が変わるかを見る
import-looked-at = 変更の内容
import-done = 読み込みました
import-new = 追加
import-changed = 変更
import-same = 変更なし
import-wrong = 対象外
import-line = 行
import-why = 対象外の理由
import-new-note = パスワードのない新しいユーザーは、パスワードを発行するまでサインインできません。CSVに書かれたパスワードは、最初のサインインのあとに変更が必要です。
import-do = { $count ->
   *[other] { $number }人を読み込む
}
import-no-email = 1行目には列の名前を書き、そのうち1つを email にしてください。
import-unknown-column = 「{ $column }」という列はありません。使える列は email、name、type、role、language、password です。
import-column-twice = 「{ $column }」という列が重複しています。
import-too-long = 1 MBを超えています。分けて読み込むか、コマンドラインを使ってください。
import-too-many-lines = 20,000行を超えています。ファイルを分けて、順に読み込んでください。
import-too-many-passwords = パスワードのある行が1,000行を超えています。分けて読み込むか、コマンドラインを使ってください。
import-empty = 1行目のほかに行がありません。
import-wrong-cells = セルの数が列の数と違います。
import-wrong-twice = 同じメールアドレスが上の行にあります。
import-wrong-language = 言語は en または ja で指定してください。
import-wrong-type = 設定にこの種別がありません。
import-wrong-role = 役割は member、administrator、super-administrator のいずれかです。
import-wrong-role-given = この役割を付けられるのは特権管理者だけです。

## スマートフォンの鍵についての証明

user-keys-trusted-environment = メーカーの証明あり（ハードウェア内の鍵）
user-keys-strong-box = メーカーの証明あり（専用セキュリティチップ内の鍵）
user-keys-apple-device = Apple の証明あり（正規の端末とアプリ）
user-keys-development = メーカーの証明あり（開発用のアプリ）
user-keys-absent = メーカーの証明なし
user-keys-revoked = 証明を確認できません（証明書が失効しています）
user-keys-software = 証明を確認できません（持ち主の確認なしに、またはハードウェアの外で鍵を使えます）
user-keys-system = 証明を確認できません（メーカー純正のシステムではありません）
user-keys-app = 証明を確認できません（サーバーの設定にないアプリです）
user-keys-unchecked = 証明を確認できませんでした（サーバーのログをご覧ください）
user-keys-maker = 証明を確認できません（メーカーが発行したものではありません）
