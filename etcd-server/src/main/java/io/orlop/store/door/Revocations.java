package io.orlop.store.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Certificates that count no longer, by their serial numbers, as etcd compares them. The file is read for each
/// connection; while it cannot be read, nobody with a certificate comes in.
final class Revocations {
    private static final System.Logger LOGGER = System.getLogger(Revocations.class.getName());
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----");

    private final Path file;

    /// @throws IOException if there is no such list
    Revocations(Path file) throws IOException {
        this.file = file;
        serials();
    }

    private Set<BigInteger> serials() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Matcher pem = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        try {
            byte[] der = pem.find() ? Base64.getMimeDecoder().decode(pem.group(1)) : bytes;
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
            Set<BigInteger> serials = new HashSet<>();
            Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
            if (entries != null) for (X509CRLEntry entry : entries) serials.add(entry.getSerialNumber());
            return serials;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    private boolean forbid(Certificate[] chain) throws IOException {
        Set<BigInteger> serials = serials();
        for (Certificate one : chain) {
            if (one instanceof X509Certificate known && serials.contains(known.getSerialNumber())) return true;
        }
        return false;
    }

    /// Sends away whoever shows such a certificate, before anything that he says is read.
    final class Guard extends ChannelInboundHandlerAdapter {
        private boolean sentAway;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event == SslHandshakeCompletionEvent.SUCCESS && !isWelcome(ctx)) {
                sentAway = true;
                ctx.close();
                return;
            }
            super.userEventTriggered(ctx, event);
        }

        private static boolean isWelcome(Revocations revocations, Certificate[] chain) {
            try {
                return !revocations.forbid(chain);
            } catch (IOException unreadable) {
                LOGGER.log(System.Logger.Level.WARNING, "nobody is let in without this list", unreadable);
                return false;
            }
        }

        private boolean isWelcome(ChannelHandlerContext ctx) {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            try {
                return isWelcome(Revocations.this, tls.engine().getSession().getPeerCertificates());
            } catch (SSLPeerUnverifiedException showsNone) {
                return true;
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (sentAway) ReferenceCountUtil.release(message);
            else super.channelRead(ctx, message);
        }
    }
}
