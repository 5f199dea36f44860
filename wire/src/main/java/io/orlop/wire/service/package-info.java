/// What our services offer each other: Java interfaces, one a service.
@NullMarked
package io.orlop.wire.service;

import org.jspecify.annotations.NullMarked;
