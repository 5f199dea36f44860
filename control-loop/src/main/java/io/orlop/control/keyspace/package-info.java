/// What every owner keeps its promises in: an ordered map of keys to bytes with revisions, transactions, watches and
/// leases, as etcd has it and no more than the control plane needs.
@NullMarked
package io.orlop.control.keyspace;

import org.jspecify.annotations.NullMarked;
