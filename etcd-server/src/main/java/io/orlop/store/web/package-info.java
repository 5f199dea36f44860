/// What the store's port says over plain HTTP: health, version, metrics, and the API as JSON.
@NullMarked
package io.orlop.store.web;

import org.jspecify.annotations.NullMarked;
