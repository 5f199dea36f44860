@NullMarked
package io.orlop.store.notice;

import org.jspecify.annotations.NullMarked;
