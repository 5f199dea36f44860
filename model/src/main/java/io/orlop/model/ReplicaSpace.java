package io.orlop.model;

/// How much of a replica's promise is allocated.
public record ReplicaSpace(Bytes capacity, Bytes allocated, Bytes clusterSize, long clusters, long allocatedClusters) {}
