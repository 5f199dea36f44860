package io.orlop.store.web;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;

/// Looks whether a text is JSON before anybody reads it, and says what is wrong with it in etcd's words. Parsers that
/// are kinder than the rules would take what etcd refuses, and speak of themselves where they do not.
final class JsonSyntax {
    private static final int DEPTH_MAX = 250;
    private static final String WHITE = " \t\r\n";

    private final byte[] text;
    private int at;

    private JsonSyntax(byte[] text, int at) {
        this.text = text;
        this.at = at;
    }

    /// @return where the first value from there on ends; -1 if there is none
    /// @throws InvalidProtocolBufferException if it is no JSON
    static int end(byte[] text, int from) throws InvalidProtocolBufferException {
        JsonSyntax syntax = new JsonSyntax(text, from);
        syntax.skipWhite();
        if (syntax.isOver()) return -1;
        syntax.value(1);
        return syntax.at;
    }

    private void value(int depth) throws InvalidProtocolBufferException {
        if (depth > DEPTH_MAX) throw new InvalidProtocolBufferException("exceeded max depth");
        char first = nextVisible();
        switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number(first);
        }
    }

    private void object(int depth) throws InvalidProtocolBufferException {
        char next = nextVisible();
        if (next == '}') return;
        while (true) {
            if (next != '"') throw wrong(next, "looking for beginning of object key string");
            string();
            next = nextVisible();
            if (next != ':') throw wrong(next, "after object key");
            value(depth + 1);
            next = nextVisible();
            if (next == '}') return;
            if (next != ',') throw wrong(next, "after object key:value pair");
            next = nextVisible();
        }
    }

    private void array(int depth) throws InvalidProtocolBufferException {
        if (nextVisible() == ']') return;
        at--;
        while (true) {
            value(depth + 1);
            char next = nextVisible();
            if (next == ']') return;
            if (next != ',') throw wrong(next, "after array element");
        }
    }

    private void string() throws InvalidProtocolBufferException {
        for (char next = next(); next != '"'; next = next()) {
            if (next < ' ') throw wrong(next, "in string literal");
            if (next == '\\') escape();
        }
    }

    private void escape() throws InvalidProtocolBufferException {
        char kind = next();
        if ("bfnrt\\/\"".indexOf(kind) >= 0) return;
        if (kind != 'u') throw wrong(kind, "in string escape code");
        for (int i = 0; i < 4; i++) {
            char digit = next();
            if (Character.digit(digit, 16) < 0) throw wrong(digit, "in \\u hexadecimal character escape");
        }
    }

    private void literal(String word) throws InvalidProtocolBufferException {
        for (char wanted : word.substring(1).toCharArray()) {
            char next = next();
            if (next != wanted) throw wrong(next, "in literal " + word + " (expecting '" + wanted + "')");
        }
    }

    private void number(char first) throws InvalidProtocolBufferException {
        char whole = first;
        if (first == '-') {
            whole = next();
            if (!isDigit(whole)) throw wrong(whole, "in numeric literal");
        }
        if (!isDigit(whole)) throw wrong(whole, "looking for beginning of value");
        if (whole != '0') skipDigits();
        if (takes(".")) digits("after decimal point in numeric literal");
        if (takes("eE")) {
            takes("+-");
            digits("in exponent of numeric literal");
        }
    }

    private void digits(String where) throws InvalidProtocolBufferException {
        char digit = next();
        if (!isDigit(digit)) throw wrong(digit, where);
        skipDigits();
    }

    private void skipDigits() {
        while (!isOver() && isDigit(peek())) at++;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private boolean takes(String any) {
        if (isOver() || any.indexOf(peek()) < 0) return false;
        at++;
        return true;
    }

    private boolean isOver() {
        return at == text.length;
    }

    /// A byte is a character here: what is beyond ASCII is within strings, or wrong.
    private char peek() {
        return (char) (text[at] & 0xff);
    }

    private char next() throws InvalidProtocolBufferException {
        if (isOver()) throw new InvalidProtocolBufferException("unexpected EOF");
        char next = peek();
        at++;
        return next;
    }

    private char nextVisible() throws InvalidProtocolBufferException {
        skipWhite();
        return next();
    }

    private void skipWhite() {
        while (!isOver() && WHITE.indexOf(peek()) >= 0) at++;
    }

    private static InvalidProtocolBufferException wrong(char found, String where) {
        return new InvalidProtocolBufferException("invalid character '" + quoted(found) + "' " + where);
    }

    private static String quoted(char found) {
        return switch (found) {
            case '\'' -> "\\'";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                if (found < ' ' || found == 0x7f) yield "\\x%02x".formatted((int) found);
                yield new String(new char[] {found});
            }
        };
    }

    /// The value that ends there.
    static String slice(byte[] text, int from, int end) {
        return new String(text, from, end - from, StandardCharsets.UTF_8);
    }
}
