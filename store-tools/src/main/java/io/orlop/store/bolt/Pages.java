package io.orlop.store.bolt;

/// The pages of a database. All numbers have the little end first.
///
/// ```
///   page 0   page 1   page 2      page 3 …
///   +------+--------+-----------+---------------------------------------------------------+
///   | meta |  meta  | free list | leaves and branches; one that is larger goes on in the next |
///   +------+--------+-----------+---------------------------------------------------------+
///
///   every page   | own number 8 | kind 2 | elements 2 | pages it goes on for 4 | …
///   leaf         | { flags 4 │ at 4 │ key length 4 │ value length 4 } … | key value key value …
///   branch       | { at 4 │ key length 4 │ page below 8 } …             | key key …
///   meta         | magic 4 │ version 4 │ page size 4 │ flags 4 │ root 8 │ counter 8 │ free list 8 │ pages 8 │
///                | transaction 8 │ FNV-1a of all that, 8
/// ```
/// `at` counts from the element that says it. A bucket is an element of a leaf whose flags say so; its value is
/// `root 8 │ counter 8`, and where the root is 0, its only leaf follows in the same value. Of the two meta pages the
/// one with the later transaction counts, if its checksum is right.
final class Pages {
    static final int PAGE_BYTES = 4096;
    static final int PAGE_BYTES_MIN = 512;
    static final int PAGE_BYTES_MAX = 65536;

    static final int HEAD_BYTES = 16;
    static final int KIND_AT = 8;
    static final int COUNT_AT = 10;
    static final int OVERFLOW_AT = 12;

    static final int BRANCH = 1;
    static final int LEAF = 2;
    static final int META = 4;
    static final int FREE_LIST = 16;

    /// Of one key in a leaf or in a branch, without the key.
    static final int ELEMENT_BYTES = 16;

    static final int IS_BUCKET = 1;
    static final int BUCKET_BYTES = 16;

    static final int META_BYTES = 64;
    static final int MAGIC = 0xED0CDAED;
    static final int VERSION = 2;
    static final long FREE_LIST_PAGE = 2;

    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Pages() {}

    static long checksum(byte[] bytes, int from, int to) {
        long hash = FNV_START;
        for (int i = from; i < to; i++) hash = (hash ^ bytes[i] & 0xff) * FNV_PRIME;
        return hash;
    }
}
