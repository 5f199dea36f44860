package io.orlop.model;

/// How blocks are offered to other hosts.
public enum ShareProtocol {
    NONE,
    NVMF,
    ISCSI
}
