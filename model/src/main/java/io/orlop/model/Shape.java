package io.orlop.model;

/// What somebody asks a thing to be, apart from its id and from what becomes of it. Whoever promises it keeps it as one
/// component, whoever asks for it sends it as one: a property more is a component of the shape, and nothing between the
/// two doors names it. In a document its fields stand beside those of the record that holds it.
public interface Shape {}
