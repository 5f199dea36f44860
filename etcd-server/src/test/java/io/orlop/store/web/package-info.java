/// The gateway, without a server around it.
@NullMarked
package io.orlop.store.web;

import org.jspecify.annotations.NullMarked;
