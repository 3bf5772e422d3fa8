namespace EdgeRuntime.Fuzz.Targets;

/// <summary>One message of every class, each with every member.</summary>
internal static class MessageSamples
{
    private const string Head = "\"boot\":\"0123456789abcdef\",\"sequence\":7,\"unix_ms\":1700000000000,\"clock_synchronized\":true";
    private const string Digest = "\"00be0372d46474e236942d011c54f3c60062a52d18cac53d6c1240870361907a\"";

    // 32 bytes in base64.
    private const string Hash = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public const string Desired = "{\"device\":\"press-2\",\"deployment\":\"r-1\",\"generation\":3,\"issued_unix_ms\":1700000000000,\"slots\":{\"vitals\":{\"digest\":"
        + Digest + ",\"version\":\"1.2.3\",\"size\":40000,\"archive_sha256\":" + Digest + ",\"chunk_bytes\":32768,\"chunk_sha256\":[" + Digest + "," + Digest
        + "],\"revert\":false},\"kws\":{\"digest\":" + Digest + ",\"version\":\"2.0.0\",\"size\":9000,\"archive_sha256\":" + Digest
        + ",\"chunk_bytes\":32768,\"chunk_sha256\":\"" + Hash + "\",\"deltas\":[{\"kind\":\"tensors\",\"base_sha256\":" + Digest
        + ",\"size\":700,\"sha256\":" + Digest + ",\"chunk_bytes\":32768,\"chunk_sha256\":\"" + Hash + "\"}]}}}";

    public const string Command = "{\"expires_unix_ms\":1700000000000,\"model\":\"vitals\"}";

    public const string Label = "{\"labels\":[{\"id\":\"0123456789abcdef.vitals.17\",\"label\":\"busy\",\"groups\":{\"shift\":\"night\"}},"
        + "{\"id\":\"0123456789abcdef.flow.9\",\"value\":3.25}]}";

    public const string Response = "{" + Head + ",\"done\":true,\"detail\":\"undone\",\"values\":{\"outbox.window.waiting\":3}}";

    public const string Ack = "{\"class\":\"window\",\"boot\":\"0123456789abcdef\",\"highest\":41}";

    public const string Manager = "{\"online\":true,\"unix_ms\":1700000000000}";

    /// <summary>What devices send: class, what follows it in the topic, and an example.</summary>
    public static IReadOnlyList<(string Class, string After, string Json)> All { get; } =
    [
        ("status", "", "{" + Head + ",\"state\":\"online\",\"models\":{\"vitals\":" + Digest + "},\"outbox\":{\"storage\":\"disk\",\"bytes\":400,\"max_bytes\":50000000,"
            + "\"damaged\":0,\"classes\":{\"results\":{\"produced\":9,\"sent\":4,\"merged\":0,\"dropped_room\":1,\"dropped_age\":1,\"dropped_damage\":0,\"waiting\":3}}}}"),
        ("info", "", "{" + Head + ",\"hardware\":{\"architecture\":\"x64\",\"cpu\":\"c\",\"cores\":4,\"memory_bytes\":1000000},\"operating_system\":\"Linux\","
            + "\"runtime\":\".NET\",\"libraries\":{\"onnxruntime\":\"1.30.0\"},\"profile\":\"linux-x64\",\"labels\":{\"site\":\"a\"},"
            + "\"sensors\":[{\"model\":\"vitals\",\"driver\":\"vitals\",\"rate_hz\":5,\"channels\":[\"cpu\"]}]}"),
        ("reported", "", "{" + Head + ",\"generation\":3,\"deployment\":\"r-1\",\"configuration_sha256\":" + Digest
            + ",\"models\":[{\"name\":\"vitals\",\"phase\":\"soaking\",\"active\":{\"digest\":" + Digest + ",\"version\":\"1.0.0\"},\"previous\":null,\"candidate\":{\"digest\":"
            + Digest + ",\"version\":\"1.1.0\"}}]}"),
        ("latest", "vitals", "{" + Head + ",\"model\":\"vitals\",\"version\":\"1.0.0\",\"digest\":" + Digest
            + ",\"n\":9,\"sample_unix_ms\":1700000000000,\"decision\":\"normal\",\"label\":\"idle\",\"score\":0.75,\"scores\":[0.75,0.25],\"labels\":[\"idle\",\"busy\"],"
            + "\"infer_microseconds\":41.5,\"path_microseconds\":60,\"features\":{\"cpu_mean\":0.5},\"drift\":0.01}"),
        ("window", "vitals", "{" + Head + ",\"model\":\"vitals\",\"version\":\"1.0.0\",\"digest\":" + Digest
            + ",\"start_unix_ms\":1,\"end_unix_ms\":60001,\"samples\":300,\"failed\":0,\"dropped\":{\"queue\":2},"
            + "\"predictions\":{\"labels\":[\"idle\",\"busy\"],\"counts\":[200,100],\"confidence\":[0,0,300],\"psi\":0.01,\"threshold\":0.2},"
            + "\"infer\":{\"buckets\":[10,20],\"counts\":[100,200],\"max_microseconds\":99},\"path\":{\"buckets\":[11],\"counts\":[300],\"max_microseconds\":120},"
            + "\"features\":[{\"name\":\"cpu_mean\",\"counts\":[1,2,3],\"missing\":0,\"psi\":0.02,\"threshold\":0.2}],"
            + "\"quality\":{\"received\":4,\"joined\":3,\"unjoined\":{\"too_late\":1},\"lag_seconds\":{\"bins\":[3],\"counts\":[3]},"
            + "\"model\":{\"was_true\":[1,2],\"said\":[2,1],\"right\":[1,1]},\"baseline\":{\"was_true\":[1,2],\"said\":[3,0],\"right\":[1,0]},"
            + "\"positive\":\"busy\",\"positives\":{\"bins\":[50,60],\"counts\":[1,1]},\"negatives\":{\"bins\":[10],\"counts\":[1]},"
            + "\"reliability\":{\"answers\":{\"bins\":[13],\"counts\":[3]},\"right\":{\"bins\":[13],\"counts\":[2]},\"parts\":{\"bins\":[13],\"counts\":[33554432]}}},"
            + "\"expected\":{\"scores\":{\"bins\":[32],\"counts\":[10]},\"parts\":{\"bins\":[32],\"counts\":[83886080]},\"selected\":4,"
            + "\"selected_parts\":50331648,\"right_parts\":83886080},\"loss\":{\"kind\":\"error\",\"answers\":300,\"parts\":\"65970697666560\"},"
            + "\"groups\":{\"axes\":[{\"name\":\"warmth\",\"values\":[\"cold\",\"hot\"]}],\"positive\":\"busy\","
            + "\"cells\":[{\"cell\":0,\"answers\":5,\"selected\":3,\"true_positives\":1},{\"cell\":1,\"answers\":10,\"selected\":2,\"false_negatives\":1}]}}"),
        ("event", "drift", "{" + Head + ",\"kind\":\"drift\",\"severity\":\"warning\",\"model\":\"vitals\",\"detail\":\"cpu_mean drifted\",\"values\":{\"psi\":0.4}}"),
        ("alarm", "drift-vitals", "{" + Head + ",\"name\":\"drift-vitals\",\"kind\":\"drift\",\"model\":\"vitals\",\"version\":\"1.0.0\",\"digest\":" + Digest
            + ",\"since_unix_ms\":1,\"detail\":\"cpu_mean moved\",\"first_window\":1,\"last_window\":2,\"causes\":[{\"feature\":\"cpu_mean\",\"statistic\":\"psi\","
            + "\"value\":0.5,\"threshold\":0.3,\"p_value\":0.01,\"effect\":0.2,\"ratio\":1.7,\"samples\":50}],\"explanation\":{\"model\":\"vitals\",\"version\":\"1.0.0\","
            + "\"digest\":" + Digest + ",\"n\":9,\"sample_unix_ms\":5,\"quantity\":\"probability\",\"label\":\"busy\",\"method\":\"shapley\",\"whole\":0.75,\"nothing\":0.5,"
            + "\"completeness_error\":0,\"inferences\":25,\"seed\":1,\"groups\":[{\"name\":\"cpu_mean\",\"attribution\":0.25,\"standard_error\":0.01,\"value\":0.9,"
            + "\"baseline\":0.1}]},\"attributions\":{\"drifted\":true,\"ndcg\":0.5,\"p_value\":0.001,\"samples\":40,\"now\":\"cpu_mean\",\"before\":\"disk\"}}"),
        ("update", "r-1", "{" + Head + ",\"deployment\":\"r-1\",\"generation\":3,\"model\":\"vitals\",\"digest\":" + Digest
            + ",\"state\":\"downloading\",\"reason\":\"x\",\"percent\":12.5,\"bytes\":4000,\"bytes_per_second\":1000}"),
        ("prediction", "vitals", "{" + Head + ",\"model\":\"vitals\",\"version\":\"1.0.0\",\"predictions\":[{\"n\":1,\"unix_ms\":1700000000000,\"label\":\"idle\",\"score\":0.9,\"decision\":\"normal\"}],\"dropped\":0}"),
    ];
}
