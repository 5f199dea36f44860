/// The README's tour, walked by a test: once with our own initiator, once with the Linux kernel's.
package io.orlop.standalone.tour;
