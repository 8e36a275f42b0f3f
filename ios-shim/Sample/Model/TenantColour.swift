// A tenant's colour, and what can be read on it.

/// A colour of the screen; each part from 0 to 1.
public struct TenantColour: Equatable, Sendable {
    public let red: Double
    public let green: Double
    public let blue: Double

    /// From `#rrggbb`, as the core has it.
    public init?(_ text: String?) {
        guard let digits = text?.dropFirst(), digits.count == 6, let value = UInt32(digits, radix: 16)
        else { return nil }
        red = Double(value >> 16 & 0xff) / 255
        green = Double(value >> 8 & 0xff) / 255
        blue = Double(value & 0xff) / 255
    }

    /// Whether black is read on it better than white.
    public var isLight: Bool { 0.299 * red + 0.587 * green + 0.114 * blue > 0.59 }
}
