package io.orlop.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// A parsed YAML document, asked by path; what is not there is an error that names the path.
record Yaml(Object node, String where) {
    static List<Yaml> documents(Path file) throws IOException {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var documents = new ArrayList<Yaml>();
        for (Object document :
                new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).loadAll(Files.readString(file))) {
            documents.add(new Yaml(document, file.getFileName().toString()));
        }
        return documents;
    }

    /// Steps are keys of maps, separated by a slash.
    Yaml at(String path) {
        Yaml here = this;
        for (String key : path.split("/")) {
            assertThat(here.has(key)).as("%s has '%s'", here.where, key).isTrue();
            here = new Yaml(Objects.requireNonNull(here.map().get(key)), here.where + "/" + key);
        }
        return here;
    }

    boolean has(String key) {
        return node instanceof Map<?, ?> map && map.get(key) != null;
    }

    Map<?, ?> map() {
        assertThat(node).as(where).isInstanceOf(Map.class);
        return (Map<?, ?>) node;
    }

    List<Yaml> list() {
        assertThat(node).as(where).isInstanceOf(List.class);
        return ((List<?>) node)
                .stream().map(item -> new Yaml(item, where + "[]")).toList();
    }

    String text() {
        return String.valueOf(node);
    }

    /// The item of a list of named things.
    Yaml named(String name) {
        var found = list().stream()
                .filter(item -> item.at("name").text().equals(name))
                .toList();
        assertThat(found).as("%s named '%s'", where, name).hasSize(1);
        return found.getFirst();
    }
}
