// The phone's maker: attests keys as Android does, as far as the tests look.

package io.countersign.android

import org.bouncycastle.asn1.ASN1ObjectIdentifier
import org.bouncycastle.asn1.DEROctetString
import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.cert.X509v3CertificateBuilder
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.PublicKey
import java.security.cert.X509Certificate
import java.security.spec.ECGenParameterSpec
import java.util.Date

class Certificates {
    private val root = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
    private val rootCertificate = certificate(builder("CN=Maker", root.public))

    /** Without a challenge Android gives the key's certificate alone. */
    fun chain(key: PublicKey, challenge: ByteArray?): List<X509Certificate> {
        val builder = builder("CN=Android Keystore Key", key)
        if (challenge == null) return listOf(certificate(builder))
        // Not the whole KeyDescription: that the challenge arrives is what is looked at.
        builder.addExtension(ASN1ObjectIdentifier(EXTENSION), false, DEROctetString(challenge))
        return listOf(certificate(builder), rootCertificate)
    }

    private fun builder(subject: String, key: PublicKey): X509v3CertificateBuilder =
        JcaX509v3CertificateBuilder(X500Name("CN=Maker"), BigInteger.ONE, Date(0), Date(4_000_000_000_000), X500Name(subject), key)

    private fun certificate(builder: X509v3CertificateBuilder): X509Certificate =
        JcaX509CertificateConverter().getCertificate(builder.build(JcaContentSignerBuilder("SHA256withECDSA").setProvider("SunEC").build(root.private)))

    companion object {
        const val EXTENSION = "1.3.6.1.4.1.11129.2.1.17"
    }
}
