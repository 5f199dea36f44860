/// Who may do what: users, roles and permissions as one immutable value, and pure decisions about it.
@NullMarked
package io.orlop.store.auth;

import org.jspecify.annotations.NullMarked;
