### 同じ組織の複数のアドレスと、画面の見た目（日本語）。

elsewhere-title = 別のアドレスをお使いください
elsewhere-text = お使いのパスキーは、同じサービスの別のアドレスで登録されたもので、そのアドレスでしか使えません。
elsewhere-none = お使いのパスキーを登録したアドレスは、{ $tenant } では現在使われていません。管理者に、2段階目の確認のリセットを依頼してください。

brand-title = 名前と見た目
brand-lead = サインイン画面、メール、アプリに表示されます。
brand-open = 変更する
brand-name = 名前
brand-colour = 色
brand-own-colour = 独自の色を使う
brand-colour-help = ボタンとリンクの色です。明るい画面でも暗い画面でも文字が読めるように、濃さを自動で調整します。
brand-logo = 画像
brand-no-logo = 画像を使わず、名前の最初の文字を表示する
brand-logo-help = PNG、JPEG、WebP（128 KiBまで）。高さ28ピクセルで表示されます。
brand-save = 保存
brand-saved = 保存しました。数秒で表示に反映されます。
brand-bad-name = 名前は1～80文字の1行で入力してください。何も変更していません。
brand-bad-colour = 色の指定が正しくありません。何も変更していません。
brand-bad-size = 画像が128 KiBを超えています。何も変更していません。
brand-bad-kind = 画像はPNG、JPEG、WebPのいずれかにしてください。何も変更していません。
