package io.orlop.store.web;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.orlop.store.api.Alarm;
import io.orlop.store.door.Method;
import io.orlop.store.door.Methods;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.measure.Histogram;
import io.orlop.store.measure.Tally;
import io.orlop.store.measure.Tally.Count;
import io.orlop.store.watch.Crowd;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The store's figures, under etcd's names where they mean what they mean there.
public final class Metrics implements Supplier<String> {
    private final MvccStore store;
    private final Methods methods;
    private final ClientRequests requests;
    private final String version;
    private final long memberId;

    public Metrics(MvccStore store, Methods methods, ClientRequests requests, String version, long memberId) {
        this.store = store;
        this.methods = methods;
        this.requests = requests;
        this.version = version;
        this.memberId = memberId;
    }

    @Override
    public String get() {
        Exposition out = new Exposition();
        server(out);
        engine(out);
        calls(out);
        messages(out);
        process(out);
        return out.toString();
    }

    private void server(Exposition out) {
        out.gauge("etcd_server_has_leader", "Whether there is somebody to decide. 1 is yes; this node is alone.", 1);
        out.gauge("etcd_server_is_leader", "Whether this node decides. 1 is yes.", 1);
        out.gauge("etcd_server_is_learner", "Whether this node only learns. 1 is yes.", 0);
        out.counter("etcd_server_leader_changes_seen_total", "How often the leader changed.", 1);
        out.family("etcd_server_id", "The member's id, in hexadecimal as a label.", "gauge")
                .sample("etcd_server_id", "server_id=\"" + Long.toHexString(memberId) + "\"", 1);
        out.family("etcd_server_version", "The etcd that the store behaves like.", "gauge")
                .sample("etcd_server_version", "server_version=\"" + version + "\"", 1);
        String cluster = version.substring(0, version.lastIndexOf('.'));
        out.family("etcd_cluster_version", "The same, as the cluster's.", "gauge")
                .sample("etcd_cluster_version", "cluster_version=\"" + cluster + "\"", 1);
        out.gauge("etcd_server_proposals_committed_total", "Changes that are safe.", store.sequence());
        out.gauge("etcd_server_proposals_applied_total", "Changes that are done.", store.sequence());
        out.counter("etcd_server_proposals_failed_total", "Always 0: nobody is asked who could say no.", 0);
        out.gauge("etcd_server_proposals_pending", "Changes that wait for their answer.", store.pending());
        out.counter("etcd_server_heartbeat_send_failures_total", "Always 0: there is nobody to send one to.", 0);
        out.counter("etcd_server_read_indexes_failed_total", "Always 0: readers ask nobody.", 0);
        out.counter("etcd_server_slow_read_indexes_total", "Always 0: readers ask nobody.", 0);
        counter(out, "etcd_server_slow_apply_total", "Changes that took more than 100 ms.", Count.SLOW_CHANGES);
        counter(out, "etcd_server_health_success", "How often /health said yes.", Count.HEALTHY);
        counter(out, "etcd_server_health_failures", "How often /health said no.", Count.UNHEALTHY);
        out.gauge("orlop_store_failed", "1 if the disk failed and no changes are taken.", failed());
        out.gauge(
                "etcd_debugging_auth_revision",
                "How often users and roles changed, and once more.",
                store.auth().revision());
    }

    private void counter(Exposition out, String name, String help, Count what) {
        out.counter(name, help, store.tally().of(what));
    }

    private double failed() {
        return store.failure() == null ? 0 : 1;
    }

    private void engine(Exposition out) {
        out.gauge("etcd_debugging_mvcc_current_revision", "The store's revision.", store.revision());
        out.gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The revision before which history is gone.",
                store.compactedRevision());
        out.gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes of all segments on disk.", store.bytesOnDisk());
        out.gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "About what would be left if all that is compacted was given back.",
                store.bytesInUse());
        out.gauge(
                "etcd_server_quota_backend_bytes",
                "Bytes that all segments may take; negative for no limit.",
                store.options().quotaBytes());
        out.gauge(
                "orlop_store_index_bytes",
                "About how much memory keys and what is known of them take.",
                store.indexBytes());
        out.gauge(
                "orlop_store_memory_bytes",
                "About how much memory keys, leases and watches take, and the deletion of all keys would.",
                store.memoryBytes());
        out.gauge(
                "orlop_store_memory_max_bytes",
                "How much of that is taken when puts are refused.",
                store.memoryBytesMax());
        alarms(out);
        Crowd crowd = store.crowd();
        out.gauge("etcd_debugging_mvcc_watch_stream_total", "Streams of watches.", crowd.streams());
        out.gauge("etcd_debugging_mvcc_watcher_total", "Watches.", crowd.watchers());
        out.gauge(
                "etcd_debugging_mvcc_slow_watcher_total",
                "Watches that have not heard of all that happened yet.",
                crowd.behind());
        for (String place : List.of("etcd_mvcc_", "etcd_debugging_mvcc_")) {
            counter(out, place + "range_total", "Ranges, also for comparisons and previous values.", Count.RANGES);
            counter(out, place + "put_total", "Puts, also in transactions.", Count.PUTS);
            counter(out, place + "delete_total", "Deletions, also in transactions and by leases.", Count.DELETIONS);
            counter(out, place + "txn_total", "What did more than one thing at once.", Count.TRANSACTIONS);
        }
        out.gauge(
                "etcd_debugging_mvcc_total_put_size_in_bytes",
                "Bytes of keys and values that were put.",
                store.tally().of(Count.PUT_BYTES));
        out.gauge("etcd_debugging_mvcc_keys_total", "Keys that are there.", store.keys());
        counter(out, "etcd_debugging_mvcc_events_total", "Events that watchers were sent.", Count.EVENTS);
        leases(out);
        housekeeping(out);
        out.gauge("etcd_disk_wal_write_bytes_total", "Bytes of changes that were written.", store.bytesWritten());
        out.histogram(
                "etcd_disk_wal_fsync_duration_seconds",
                "How long the disk took to make a group of changes safe.",
                store.forceTimes());
        out.histogram(
                "etcd_disk_backend_commit_duration_seconds",
                "The same: what is safe in the log is safe, there is no second place.",
                store.forceTimes());
    }

    private void leases(Exposition out) {
        counter(out, "etcd_debugging_lease_granted_total", "Leases that were granted.", Count.LEASES_GRANTED);
        counter(out, "etcd_debugging_lease_revoked_total", "Leases that ended.", Count.LEASES_REVOKED);
        counter(out, "etcd_debugging_lease_renewed_total", "Renewals of leases.", Count.LEASES_RENEWED);
        counter(
                out,
                "etcd_debugging_server_lease_expired_total",
                "Leases that ended because their time was over.",
                Count.LEASES_EXPIRED);
        out.histogram(
                "etcd_debugging_lease_ttl_total",
                "For how many seconds leases were granted.",
                store.tally().leaseSeconds);
    }

    private void housekeeping(Exposition out) {
        Tally tally = store.tally();
        counter(
                out,
                "etcd_debugging_mvcc_db_compaction_keys_total",
                "Changes that compactions forgot.",
                Count.CHANGES_FORGOTTEN);
        out.histogram(
                "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
                "How long compactions took.",
                tally.compactionMs);
        out.histogram(
                "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
                "How long changes waited for a compaction.",
                tally.compactionPauseMs);
        out.histogram(
                "etcd_disk_backend_defrag_duration_seconds",
                "How long it took to give room back.",
                tally.defragmentationSeconds);
        out.gauge("etcd_disk_defrag_inflight", "How many are at it.", tally.of(Count.DEFRAGMENTING));
        out.histogram("etcd_disk_backend_snapshot_duration_seconds", "How long snapshots took.", tally.snapshotSeconds);
        out.histogram("etcd_mvcc_hash_duration_seconds", "How long it took to hash everything.", tally.hashSeconds);
        out.histogram(
                "etcd_mvcc_hash_rev_duration_seconds",
                "How long it took to hash the keys of a revision.",
                tally.keyHashSeconds);
    }

    private void alarms(Exposition out) {
        List<Alarm> on = store.maintenance().alarms();
        out.family("orlop_store_alarm", "Whether this store's alarm is on. 1 is yes.", "gauge");
        for (Alarm.Kind kind : Alarm.Kind.values()) {
            String label = "alarm=\"" + kind.name().toLowerCase(Locale.ROOT) + "\"";
            out.sample("orlop_store_alarm", label, on.contains(new Alarm(0, kind)) ? 1 : 0);
        }
    }

    private void calls(Exposition out) {
        requests.describe(out);
        out.family("grpc_server_started_total", "Calls that began.", "counter");
        for (Method<?, ?> method : methods.all()) {
            out.sample("grpc_server_started_total", labels(method), method.started());
        }
        out.family("grpc_server_handled_total", "Calls that ended, by how.", "counter");
        for (Method<?, ?> method : methods.all()) {
            for (Status.Code code : Status.Code.values()) {
                // Also those that never happened: what begins with 1 has no rate.
                String labels = "grpc_code=\"" + goName(code) + "\"," + labels(method);
                out.sample("grpc_server_handled_total", labels, method.count(code));
            }
        }
        times(out);
    }

    private void times(Exposition out) {
        if (methods.all().stream().allMatch(method -> method.seconds() == null)) return;
        String name = "grpc_server_handling_seconds";
        out.family(name, "How long calls took.", "histogram");
        for (Method<?, ?> method : methods.all()) {
            if (method.seconds() instanceof Histogram seconds) out.histogramSamples(name, labels(method), seconds);
        }
    }

    private void messages(Exposition out) {
        out.counter(
                "etcd_network_client_grpc_received_bytes_total",
                "Bytes of requests.",
                methods.all().stream().mapToLong(Method::bytesReceived).sum());
        out.counter(
                "etcd_network_client_grpc_sent_bytes_total",
                "Bytes of answers.",
                methods.all().stream().mapToLong(Method::bytesSent).sum());
        out.family("grpc_server_msg_received_total", "Messages of requests.", "counter");
        for (Method<?, ?> method : methods.all()) {
            out.sample("grpc_server_msg_received_total", labels(method), method.messagesReceived());
        }
        out.family("grpc_server_msg_sent_total", "Messages of answers.", "counter");
        for (Method<?, ?> method : methods.all()) {
            out.sample("grpc_server_msg_sent_total", labels(method), method.messagesSent());
        }
    }

    private static String labels(Method<?, ?> method) {
        int slash = method.name().indexOf('/');
        return "grpc_method=\"" + method.name().substring(slash + 1) + "\",grpc_service=\""
                + method.name().substring(0, slash) + "\",grpc_type=\""
                + type(method.descriptor().getType()) + "\"";
    }

    private static String type(MethodType type) {
        return switch (type) {
            case UNARY, UNKNOWN -> "unary";
            case CLIENT_STREAMING -> "client_stream";
            case SERVER_STREAMING -> "server_stream";
            case BIDI_STREAMING -> "bidi_stream";
        };
    }

    /// `InvalidArgument`, where Java says `INVALID_ARGUMENT`.
    private static String goName(Status.Code code) {
        if (code == Status.Code.OK) return "OK";
        if (code == Status.Code.CANCELLED) return "Canceled";
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private static void process(Exposition out) {
        double cpu = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(duration -> duration.toNanos() / 1e9)
                .orElse(0.0);
        out.counter("process_cpu_seconds_total", "Processor time in seconds.", cpu);
        out.gauge("process_resident_memory_bytes", "Memory in use.", status("VmRSS:"));
        out.gauge("process_virtual_memory_bytes", "Memory reserved.", status("VmSize:"));
        out.gauge("process_virtual_memory_max_bytes", "How much may be: -1 for no limit.", -1);
        out.gauge(
                "process_start_time_seconds",
                "When the process began, since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            out.gauge("process_open_fds", "Files and sockets open.", system.getOpenFileDescriptorCount());
            out.gauge("process_max_fds", "How many may be.", system.getMaxFileDescriptorCount());
            out.gauge("os_fd_used", "The same, as etcd says it once more.", system.getOpenFileDescriptorCount());
            out.gauge("os_fd_limit", "The same, as etcd says it once more.", system.getMaxFileDescriptorCount());
        }
        out.gauge("go_goroutines", "Threads; the name is what dashboards for etcd ask for.", Thread.activeCount());
    }

    private static double status(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return 1024.0
                    * lines.filter(line -> line.startsWith(field))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0);
        } catch (IOException elsewhere) {
            // Not on Linux.
            return 0;
        }
    }
}
