package io.orlop.control.keyspace.etcd;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.orlop.control.keyspace.StoreUnavailableException;

/// The store was asked for something that it does not do; nothing was changed.
final class StoreRefusedException extends RuntimeException {
    private final String call;
    private final ErrorCode code;

    StoreRefusedException(String call, EtcdException cause) {
        super(cause.getMessage(), cause);
        this.call = call;
        this.code = cause.getErrorCode();
    }

    StoreUnavailableException asUnavailable() {
        return StoreUnavailableException.untouched(call, String.valueOf(getMessage()), this);
    }

    ErrorCode code() {
        return code;
    }
}
