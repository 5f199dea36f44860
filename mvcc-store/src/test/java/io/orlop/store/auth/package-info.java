@NullMarked
package io.orlop.store.auth;

import org.jspecify.annotations.NullMarked;
