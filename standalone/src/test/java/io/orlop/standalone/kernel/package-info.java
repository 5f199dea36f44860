/// A real Linux kernel to connect with: Debian's cloud kernel in QEMU, driven over a serial line.
@NullMarked
package io.orlop.standalone.kernel;

import org.jspecify.annotations.NullMarked;
