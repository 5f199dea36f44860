package io.orlop.store.etcd;

import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// Who answers. The ids are computed as etcd computes them, from the addresses that members would use among themselves.
record Identity(long cluster, long member, List<String> peerUrls) {
    /// There are no elections here; this is the term of a cluster of one after its first.
    static final long TERM = 2;

    static Identity ofOne(List<String> peerUrls, String clusterToken) {
        List<String> sorted = peerUrls.stream().sorted().toList();
        long member = firstLong(sha1((String.join("", sorted) + clusterToken).getBytes(StandardCharsets.UTF_8)));
        long cluster =
                firstLong(sha1(ByteBuffer.allocate(Long.BYTES).putLong(member).array()));
        return new Identity(cluster, member, sorted);
    }

    ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(cluster)
                .setMemberId(member)
                .setRevision(revision)
                .setRaftTerm(TERM)
                .build();
    }

    private static long firstLong(byte[] hash) {
        return ByteBuffer.wrap(hash).getLong();
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
