// How an account's tenant looks: its picture, else the first letter of its name on its colour.

#if canImport(SwiftUI) && os(iOS)
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct TenantMark: View {
        let account: Account

        var body: some View {
            // Its address changes with the picture, so that what is cached is current.
            AsyncImage(url: account.logo.flatMap { URL(string: $0) }) { picture in
                picture.resizable().scaledToFit().background(.white)
            } placeholder: {
                Text(account.tenantName.prefix(1))
                    .font(.headline)
                    .foregroundStyle(colour?.isLight == true ? .black : .white)
                    .frame(maxWidth: .infinity, maxHeight: .infinity)
                    .background(colour.map { Color(red: $0.red, green: $0.green, blue: $0.blue) } ?? .gray)
            }
            .frame(width: 40, height: 40)
            .clipShape(.rect(cornerRadius: 10))
            .accessibilityHidden(true)
        }

        private var colour: TenantColour? { TenantColour(account.colour) }
    }
#endif
