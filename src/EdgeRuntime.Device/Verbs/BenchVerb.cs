using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Measuring;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Prints this device's own latency table, for models, packages or the built-in model.</summary>
internal static class BenchVerb
{
    private const string BuiltIn = "built-in";
    private const double OrdinaryRate = 1000;

    public static int Run(string[] words)
    {
        if (Options.Parse(
            words, ["--config", "--profile", "--seconds", "--rate", "--minutes"], ["--json"], out string mistake, takesFiles: true)
            is not Options options)
        {
            return Usage.Wrong(mistake, "bench");
        }

        if (options.Help)
        {
            return Usage.Of("bench");
        }

        if (Number(options["--seconds"], 3, 0.05, 3600) is not double seconds)
        {
            return Usage.Wrong("--seconds takes 0.05 to 3600", "bench");
        }

        if (Number(options["--rate"], OrdinaryRate, 1, 20_000) is not double rate || Number(options["--minutes"], 0, 0.001, 1440) is not double minutes)
        {
            return Usage.Wrong("--rate takes 1 to 20000 Hz and --minutes 0.001 to 1440", "bench");
        }

        if (options["--minutes"] is not null && options.Files.Count > 0)
        {
            return Usage.Wrong("a paced run measures the built-in model; name no file with --minutes", "bench");
        }

        Mistakes mistakes = new();
        DeviceProfile? profile = null;
        IReadOnlyList<VerifyingKey> keys = [];
        if (options["--config"] is string path)
        {
            Setup? setup = Setup.Load(path, mistakes);
            (profile, keys) = (setup?.Profile, setup?.ReleaseKeys ?? []);
        }
        else if (options["--profile"] is string name)
        {
            profile = DeviceProfile.Load(name, ProfileFiles.Directories("edge.json"), mistakes);
        }

        if (mistakes.Any)
        {
            return CheckVerb.Report(mistakes);
        }

        try
        {
            Measured measured = new(profile, keys, TimeSpan.FromSeconds(seconds));
            if (options["--minutes"] is null)
            {
                measured.All(options.Files);
            }
            else
            {
                measured.Paced(rate, TimeSpan.FromMinutes(minutes));
            }

            measured.Print(options.Has("--json"));
            return measured.AnyRefused ? ExitCode.BadData : ExitCode.Done;
        }
        catch (ModelLoadException e)
        {
            Console.Error.WriteLine($"edge-device: {e.Message}");
            return ExitCode.Unavailable;
        }
        catch (Exception e) when (e is PackageRejectedException or InferenceException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"edge-device: {e.Message}");
            return ExitCode.BadData;
        }
    }

    private static double? Number(string? text, double fallback, double low, double high) =>
        text is null ? fallback
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= low && number <= high ? number
        : null;

    /// <summary>The measurements of one call.</summary>
    private sealed class Measured
    {
        private readonly ModelBench _bench = new(TimeProvider.System);
        private readonly List<BenchRow> _rows = [];
        private readonly List<RefusedRow> _refused = [];
        private readonly OnnxEnvironment _onnx;
        private readonly RunnerOptions _options;
        private readonly ThreadPlacement _placement;
        private readonly IReadOnlyList<VerifyingKey> _keys;
        private readonly PackageLimits _limits;
        private readonly TimeSpan _duration;
        private PacedRow? _paced;

        public Measured(DeviceProfile? profile, IReadOnlyList<VerifyingKey> keys, TimeSpan duration)
        {
            _placement = new ThreadPlacement(profile?.RealTime ?? new RealTimeOptions());
            _placement.EnterProcess();
            _onnx = OnnxEnvironment.Open(profile?.OnnxRuntimeLibrary);
            _options = (profile?.Inference ?? new InferenceOptions()).ForRunner();
            _limits = profile is null ? new PackageLimits() : new PackageLimits(profile.PackageBytesMax);
            _keys = keys;
            _duration = duration;
        }

        public bool AnyRefused => _refused.Count > 0;

        // One that cannot run loses nothing of the others.
        public void All(IReadOnlyList<string> files)
        {
            if (files.Count == 0)
            {
                using LoadedModel builtIn = LoadBuiltIn(OrdinaryRate);
                _rows.Add(_bench.Inference(BuiltIn, builtIn.Call.Runners[0], _duration));
                _rows.Add(_bench.Step(BuiltIn, builtIn, _duration));
            }

            foreach (string file in files)
            {
                try
                {
                    One(file);
                }
                catch (Exception e) when (e is ModelLoadException or PackageRejectedException or InferenceException or IOException
                    or UnauthorizedAccessException)
                {
                    _refused.Add(new RefusedRow(Path.GetFileName(file), e.Message));
                }
            }
        }

        private void One(string file)
        {
            byte[] bytes = File.ReadAllBytes(file);
            if (file.EndsWith(".edgepkg", StringComparison.Ordinal))
            {
                Package(Path.GetFileNameWithoutExtension(file), bytes);
            }
            else
            {
                Model(Path.GetFileName(file), ExternalData.Inline(bytes, Path.GetDirectoryName(file) ?? ""), _options);
            }
        }

        public void Paced(double rate, TimeSpan duration)
        {
            using LoadedModel builtIn = LoadBuiltIn(rate);
            _paced = _bench.Paced(BuiltIn, builtIn, duration, _placement);
        }

        public void Print(bool json)
        {
            string header = string.Create(
                CultureInfo.InvariantCulture,
                $"{MachineInfo.Hardware().Cpu}, {Environment.ProcessorCount} cores, {VersionVerb.Runtime}, onnxruntime {_onnx.Version}, {_options.IntraOpThreads} thread{(_options.IntraOpThreads == 1 ? "" : "s")}");
            foreach (string refused in _placement.Report.Settings.Where(setting => !setting.Granted).Select(setting => $"{setting.Name}: {setting.Detail}"))
            {
                Console.Error.WriteLine($"real time: {refused}");
            }

            if (json)
            {
                using Stream output = Console.OpenStandardOutput();
                BenchReport.WriteJson(output, header, _rows, _refused, _paced);
            }
            else
            {
                BenchReport.Write(Console.Out, header, _rows, _paced);
                foreach (RefusedRow refused in _refused)
                {
                    Console.Error.WriteLine($"{refused.Name}: {refused.Reason}");
                }
            }
        }

        private void Model(string name, ReadOnlyMemory<byte> bytes, RunnerOptions options)
        {
            using IModelRunner runner = _onnx.Load(bytes, options);
            foreach (string fallback in runner.Report.Fallbacks)
            {
                Console.Error.WriteLine($"{name}: {fallback}");
            }

            _rows.Add(_bench.Inference(name, runner, _duration));
        }

        // Every file of the package, so that float stands beside int8; and the whole way where the package is one that this
        // device would serve.
        private void Package(string name, byte[] bytes)
        {
            ModelPackage archive = PackageArchive.ReadUnverified(bytes, _limits).AsModel();
            foreach (string file in archive.Manifest.Model.Files())
            {
                RunnerOptions options = _options with
                {
                    InputShapes = archive.Manifest.Model.Shapes ?? _options.InputShapes,
                };
                Model($"{name}/{file}", PackageModel.Read(archive, file), options);
            }

            if (_keys.Count == 0)
            {
                Console.Error.WriteLine($"{name}: the whole step is measured only for packages signed by a key of --config FILE");
                return;
            }

            using LoadedModel loaded = Verify(_keys, bytes, archive.Manifest);
            _rows.Add(_bench.Step(name, loaded, _duration));
        }

        private LoadedModel LoadBuiltIn(double rate)
        {
            using SigningKey key = SigningKey.Create();
            byte[] bytes = SelftestPackage.Pack(key, "signal", "1", rate);
            return Verify([key.Public], bytes, PackageArchive.ReadUnverified(bytes).AsModel().Manifest);
        }

        private LoadedModel Verify(IReadOnlyList<VerifyingKey> keys, byte[] bytes, ModelManifest manifest)
        {
            ModelSite site = new()
            {
                Name = manifest.Name,
                Channels = [.. manifest.Channels.Select(channel => new Channel(channel.Name, channel.Unit))],
                RateHz = manifest.Pipeline.RateHz,
            };
            return new PackageVerification(keys, _onnx.Load, _onnx.Version, _options, _limits).Verify(bytes, site, _ => null);
        }
    }
}
