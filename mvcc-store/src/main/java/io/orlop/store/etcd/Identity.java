package io.orlop.store.etcd;

import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Who answers. The ids are computed as etcd computes them, from the address that members would use among themselves.
record Identity(long cluster, long member) {
    private static final String PEER_URL = "http://localhost:2380";
    private static final String CLUSTER_TOKEN = "etcd-cluster";
    /// There are no elections here; this is the term of a cluster of one after its first.
    static final long TERM = 2;

    static Identity ofOne() {
        long member = firstLong(sha1((PEER_URL + CLUSTER_TOKEN).getBytes(StandardCharsets.UTF_8)));
        long cluster =
                firstLong(sha1(ByteBuffer.allocate(Long.BYTES).putLong(member).array()));
        return new Identity(cluster, member);
    }

    static String peerUrl() {
        return PEER_URL;
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
