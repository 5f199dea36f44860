package io.orlop.model;

/// What an operator may do to a child.
public enum ChildAction {
    OFFLINE,
    ONLINE,
    FAULT_IO_ERROR,
    OFFLINE_PERMANENT
}
