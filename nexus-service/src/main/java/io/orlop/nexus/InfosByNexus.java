package io.orlop.nexus;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.table.Table;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// What nexuses wrote, by the nexus alone: its volume is in the key and not in the value, and who hears of a nexus that
/// is gone knows no volume any more.
final class InfosByNexus {
    private final Table<NexusInfoKey, NexusInfo> infos;
    private final Map<NexusId, NexusInfoKey> keys = new ConcurrentSkipListMap<>();

    private InfosByNexus(Table<NexusInfoKey, NexusInfo> infos) {
        this.infos = infos;
    }

    static InfosByNexus of(Table<NexusInfoKey, NexusInfo> infos) {
        var byNexus = new InfosByNexus(infos);
        infos.listen(byNexus::changed);
        infos.ids().forEachRemaining(byNexus::changed);
        return byNexus;
    }

    Optional<NexusInfoKey> of(NexusId nexus) {
        return Optional.ofNullable(keys.get(nexus));
    }

    private void changed(NexusInfoKey key) {
        if (infos.get(key).isPresent()) keys.put(key.nexus(), key);
        else keys.remove(key.nexus(), key);
    }
}
