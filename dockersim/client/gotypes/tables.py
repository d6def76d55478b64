"""The types themselves, in the order of their fields: moby's ``api/types`` of the client's release, and docker/cli's.

A line at the margin begins a type: ``name`` alone is a struct, ``name = type`` another name for a type. A line of a
struct is ``Field type``, then what JSON calls the field if not the same, then ``?`` if JSON leaves it out where it is
empty. A field without a type is embedded.
"""

CONTAINER = """
container.InspectResponse
  *container.ContainerJSONBase
  Mounts []container.MountPoint
  Config *container.Config
  NetworkSettings *container.NetworkSettings
  ImageManifestDescriptor *v1.Descriptor ?
container.ContainerJSONBase
  ID string Id
  Created string
  Path string
  Args []string
  State *container.State
  Image string
  ResolvConfPath string
  HostnamePath string
  HostsPath string
  LogPath string
  Name string
  RestartCount int
  Driver string
  Platform string
  MountLabel string
  ProcessLabel string
  AppArmorProfile string
  ExecIDs []string
  HostConfig *container.HostConfig
  GraphDriver storage.DriverData
  SizeRw *int64 ?
  SizeRootFs *int64 ?
container.State
  Status string
  Running bool
  Paused bool
  Restarting bool
  OOMKilled bool
  Dead bool
  Pid int
  ExitCode int
  Error string
  StartedAt string
  FinishedAt string
  Health *container.Health ?
container.Health
  Status string
  FailingStreak int
  Log []*container.HealthcheckResult
container.HealthcheckResult
  Start time.Time
  End time.Time
  ExitCode int
  Output string
container.HostConfig
  Binds []string
  ContainerIDFile string
  LogConfig container.LogConfig
  NetworkMode container.NetworkMode
  PortBindings nat.PortMap
  RestartPolicy container.RestartPolicy
  AutoRemove bool
  VolumeDriver string
  VolumesFrom []string
  ConsoleSize [2]uint
  Annotations map[string]string ?
  CapAdd strslice.StrSlice
  CapDrop strslice.StrSlice
  CgroupnsMode container.CgroupnsMode
  DNS []string Dns
  DNSOptions []string DnsOptions
  DNSSearch []string DnsSearch
  ExtraHosts []string
  GroupAdd []string
  IpcMode container.IpcMode
  Cgroup container.CgroupSpec
  Links []string
  OomScoreAdj int
  PidMode container.PidMode
  Privileged bool
  PublishAllPorts bool
  ReadonlyRootfs bool
  SecurityOpt []string
  StorageOpt map[string]string ?
  Tmpfs map[string]string ?
  UTSMode container.UTSMode
  UsernsMode container.UsernsMode
  ShmSize int64
  Sysctls map[string]string ?
  Runtime string ?
  Isolation container.Isolation
  container.Resources
  Mounts []mount.Mount ?
  MaskedPaths []string
  ReadonlyPaths []string
  Init *bool ?
container.LogConfig
  Type string
  Config map[string]string
container.RestartPolicy
  Name container.RestartPolicyMode
  MaximumRetryCount int
container.Resources
  CPUShares int64 CpuShares
  Memory int64
  NanoCPUs int64 NanoCpus
  CgroupParent string
  BlkioWeight uint16
  BlkioWeightDevice []*blkiodev.WeightDevice
  BlkioDeviceReadBps []*blkiodev.ThrottleDevice
  BlkioDeviceWriteBps []*blkiodev.ThrottleDevice
  BlkioDeviceReadIOps []*blkiodev.ThrottleDevice
  BlkioDeviceWriteIOps []*blkiodev.ThrottleDevice
  CPUPeriod int64 CpuPeriod
  CPUQuota int64 CpuQuota
  CPURealtimePeriod int64 CpuRealtimePeriod
  CPURealtimeRuntime int64 CpuRealtimeRuntime
  CpusetCpus string
  CpusetMems string
  Devices []container.DeviceMapping
  DeviceCgroupRules []string
  DeviceRequests []container.DeviceRequest
  KernelMemory int64 ?
  KernelMemoryTCP int64 ?
  MemoryReservation int64
  MemorySwap int64
  MemorySwappiness *int64
  OomKillDisable *bool
  PidsLimit *int64
  Ulimits []*units.Ulimit
  CPUCount int64 CpuCount
  CPUPercent int64 CpuPercent
  IOMaximumIOps uint64
  IOMaximumBandwidth uint64
blkiodev.WeightDevice
  Path string
  Weight uint16
blkiodev.ThrottleDevice
  Path string
  Rate uint64
container.DeviceMapping
  PathOnHost string
  PathInContainer string
  CgroupPermissions string
container.DeviceRequest
  Driver string
  Count int
  DeviceIDs []string
  Capabilities [][]string
  Options map[string]string
units.Ulimit
  Name string
  Hard int64
  Soft int64
container.MountPoint
  Type mount.Type ?
  Name string ?
  Source string
  Destination string
  Driver string ?
  Mode string
  RW bool
  Propagation mount.Propagation
mount.Mount
  Type mount.Type ?
  Source string ?
  Target string ?
  ReadOnly bool ?
  Consistency mount.Consistency ?
  BindOptions *mount.BindOptions ?
  VolumeOptions *mount.VolumeOptions ?
  ImageOptions *mount.ImageOptions ?
  TmpfsOptions *mount.TmpfsOptions ?
  ClusterOptions *mount.ClusterOptions ?
mount.BindOptions
  Propagation mount.Propagation ?
  NonRecursive bool ?
  CreateMountpoint bool ?
  ReadOnlyNonRecursive bool ?
  ReadOnlyForceRecursive bool ?
mount.VolumeOptions
  NoCopy bool ?
  Labels map[string]string ?
  Subpath string ?
  DriverConfig *mount.Driver ?
mount.Driver
  Name string ?
  Options map[string]string ?
mount.ImageOptions
  Subpath string ?
mount.TmpfsOptions
  SizeBytes int64 ?
  Mode fs.FileMode ?
  Options [][]string ?
mount.ClusterOptions
container.Config
  Hostname string
  Domainname string
  User string
  AttachStdin bool
  AttachStdout bool
  AttachStderr bool
  ExposedPorts nat.PortSet ?
  Tty bool
  OpenStdin bool
  StdinOnce bool
  Env []string
  Cmd strslice.StrSlice
  Healthcheck *v1.HealthcheckConfig ?
  ArgsEscaped bool ?
  Image string
  Volumes map[string]struct{}
  WorkingDir string
  Entrypoint strslice.StrSlice
  NetworkDisabled bool ?
  MacAddress string ?
  OnBuild []string
  Labels map[string]string
  StopSignal string ?
  StopTimeout *int ?
  Shell strslice.StrSlice ?
container.NetworkSettings
  container.NetworkSettingsBase
  container.DefaultNetworkSettings
  Networks map[string]*network.EndpointSettings
container.NetworkSettingsBase
  Bridge string
  SandboxID string
  SandboxKey string
  Ports nat.PortMap
  HairpinMode bool
  LinkLocalIPv6Address string
  LinkLocalIPv6PrefixLen int
  SecondaryIPAddresses []network.Address
  SecondaryIPv6Addresses []network.Address
container.DefaultNetworkSettings
  EndpointID string
  Gateway string
  GlobalIPv6Address string
  GlobalIPv6PrefixLen int
  IPAddress string
  IPPrefixLen int
  IPv6Gateway string
  MacAddress string
network.Address
  Addr string
  PrefixLen int
network.EndpointSettings
  IPAMConfig *network.EndpointIPAMConfig
  Links []string
  Aliases []string
  MacAddress string
  DriverOpts map[string]string
  GwPriority int
  NetworkID string
  EndpointID string
  Gateway string
  IPAddress string
  IPPrefixLen int
  IPv6Gateway string
  GlobalIPv6Address string
  GlobalIPv6PrefixLen int
  DNSNames []string
network.EndpointIPAMConfig
  IPv4Address string ?
  IPv6Address string ?
  LinkLocalIPs []string ?
nat.PortMap = map[nat.Port][]nat.PortBinding
nat.PortSet = map[nat.Port]struct{}
nat.Port = string
nat.PortBinding
  HostIP string HostIp
  HostPort string
strslice.StrSlice = []string
container.NetworkMode = string
container.CgroupnsMode = string
container.IpcMode = string
container.CgroupSpec = string
container.PidMode = string
container.UTSMode = string
container.UsernsMode = string
container.Isolation = string
container.RestartPolicyMode = string
mount.Type = string
mount.Propagation = string
mount.Consistency = string
fs.FileMode = uint32
"""

IMAGE = """
image.InspectResponse
  ID string Id
  RepoTags []string
  RepoDigests []string
  Parent string
  Comment string
  Created string ?
  Container string ?
  ContainerConfig *container.Config ?
  DockerVersion string
  Author string
  Config *v1.DockerOCIImageConfig
  Architecture string
  Variant string ?
  Os string
  OsVersion string ?
  Size int64
  VirtualSize int64 ?
  GraphDriver storage.DriverData
  RootFS image.RootFS
  Metadata image.Metadata
  Descriptor *v1.Descriptor ?
  Manifests []image.ManifestSummary ?
image.RootFS
  Type string ?
  Layers []string ?
image.Metadata
  LastTagTime time.Time
image.ManifestSummary
storage.DriverData
  Data map[string]string
  Name string
v1.DockerOCIImageConfig
  v1.ImageConfig
  v1.DockerOCIImageConfigExt
v1.ImageConfig
  User string ?
  ExposedPorts map[string]struct{} ?
  Env []string ?
  Entrypoint []string ?
  Cmd []string ?
  Volumes map[string]struct{} ?
  WorkingDir string ?
  Labels map[string]string ?
  StopSignal string ?
  ArgsEscaped bool ?
v1.DockerOCIImageConfigExt
  Healthcheck *v1.HealthcheckConfig ?
  OnBuild []string ?
  Shell []string ?
v1.HealthcheckConfig
  Test []string ?
  Interval time.Duration ?
  Timeout time.Duration ?
  StartPeriod time.Duration ?
  StartInterval time.Duration ?
  Retries int ?
v1.Descriptor
  MediaType string mediaType
  Digest digest.Digest digest
  Size int64 size
  URLs []string urls ?
  Annotations map[string]string annotations ?
  Data []uint8 data ?
  Platform *v1.Platform platform ?
  ArtifactType string artifactType ?
v1.Platform
  Architecture string architecture
  OS string os
  OSVersion string os.version ?
  OSFeatures []string os.features ?
  Variant string variant ?
digest.Digest = string
"""

NETWORK = """
network.Inspect
  Name string
  ID string Id
  Created time.Time
  Scope string
  Driver string
  EnableIPv4 bool
  EnableIPv6 bool
  IPAM network.IPAM
  Internal bool
  Attachable bool
  Ingress bool
  ConfigFrom network.ConfigReference
  ConfigOnly bool
  Containers map[string]network.EndpointResource
  Options map[string]string
  Labels map[string]string
  Peers []network.PeerInfo ?
  Services map[string]network.ServiceInfo ?
network.IPAM
  Driver string
  Options map[string]string
  Config []network.IPAMConfig
network.IPAMConfig
  Subnet string ?
  IPRange string ?
  Gateway string ?
  AuxAddress map[string]string AuxiliaryAddresses ?
network.ConfigReference
  Network string
network.EndpointResource
  Name string
  EndpointID string
  MacAddress string
  IPv4Address string
  IPv6Address string
network.PeerInfo
  Name string
  IP string
network.ServiceInfo
"""

VOLUME = """
volume.Volume
  ClusterVolume *volume.ClusterVolume ?
  CreatedAt string ?
  Driver string
  Labels map[string]string
  Mountpoint string
  Name string
  Options map[string]string
  Scope string
  Status map[string]any ?
  UsageData *volume.UsageData ?
volume.ClusterVolume
volume.UsageData
  RefCount int64
  Size int64
"""

SYSTEM = """
system.dockerInfo
  *system.Info
  ServerErrors []string ?
  UserName string -
  ClientInfo *system.clientInfo
  ClientErrors []string ?
system.Info
  ID string
  Containers int
  ContainersRunning int
  ContainersPaused int
  ContainersStopped int
  Images int
  Driver string
  DriverStatus [][2]string
  SystemStatus [][2]string ?
  Plugins system.PluginsInfo
  MemoryLimit bool
  SwapLimit bool
  KernelMemory bool ?
  KernelMemoryTCP bool ?
  CPUCfsPeriod bool CpuCfsPeriod
  CPUCfsQuota bool CpuCfsQuota
  CPUShares bool
  CPUSet bool
  PidsLimit bool
  IPv4Forwarding bool
  Debug bool
  NFd int
  OomKillDisable bool
  NGoroutines int
  SystemTime string
  LoggingDriver string
  CgroupDriver string
  CgroupVersion string ?
  NEventsListener int
  KernelVersion string
  OperatingSystem string
  OSVersion string
  OSType string
  Architecture string
  IndexServerAddress string
  RegistryConfig *registry.ServiceConfig
  NCPU int
  MemTotal int64
  GenericResources []swarm.GenericResource
  DockerRootDir string
  HTTPProxy string HttpProxy
  HTTPSProxy string HttpsProxy
  NoProxy string
  Name string
  Labels []string
  ExperimentalBuild bool
  ServerVersion string
  Runtimes map[string]system.RuntimeWithStatus
  DefaultRuntime string
  Swarm swarm.Info
  LiveRestoreEnabled bool
  Isolation container.Isolation
  InitBinary string
  ContainerdCommit system.Commit
  RuncCommit system.Commit
  InitCommit system.Commit
  SecurityOptions []string
  ProductLicense string ?
  DefaultAddressPools []system.NetworkAddressPool ?
  FirewallBackend *system.FirewallInfo ?
  CDISpecDirs []string
  DiscoveredDevices []system.DeviceInfo ?
  Containerd *system.ContainerdInfo ?
  Warnings []string
system.PluginsInfo
  Volume []string
  Network []string
  Authorization []string
  Log []string
registry.ServiceConfig
  AllowNondistributableArtifactsCIDRs []*registry.NetIPNet ?
  AllowNondistributableArtifactsHostnames []string ?
  IndexConfigs map[string]*registry.IndexInfo
  InsecureRegistryCIDRs []*registry.NetIPNet
  Mirrors []string
  ExtraFields map[string]any -
registry.IndexInfo
  Mirrors []string
  Name string
  Official bool
  Secure bool
registry.NetIPNet = text
system.RuntimeWithStatus
  system.Runtime
  Status map[string]string status ?
system.Runtime
  Path string path ?
  Args []string runtimeArgs ?
  Type string runtimeType ?
  Options map[string]any options ?
swarm.Info
  NodeID string
  NodeAddr string
  LocalNodeState swarm.LocalNodeState
  ControlAvailable bool
  Error string
  RemoteManagers []swarm.Peer
  Nodes int ?
  Managers int ?
  Cluster *swarm.ClusterInfo ?
  Warnings []string ?
swarm.LocalNodeState = string
swarm.Peer
  NodeID string
  Addr string
swarm.ClusterInfo
swarm.GenericResource
system.Commit
  ID string
  Expected string ?
system.NetworkAddressPool
  Base string
  Size int
system.FirewallInfo
  Driver string
  Info [][2]string ?
system.DeviceInfo
  Source string
  ID string
system.ContainerdInfo
  Address string ?
  Namespaces system.ContainerdNamespaces
system.ContainerdNamespaces
  Containers string
  Plugins string
system.clientInfo
  Debug bool
  system.clientVersion
  Plugins []manager.Plugin
  Warnings []string
system.clientVersion
  Platform *system.platformInfo ?
  Version string ?
  APIVersion string ApiVersion ?
  DefaultAPIVersion string ?
  GitCommit string ?
  GoVersion string ?
  Os string ?
  Arch string ?
  BuildTime string ?
  Context string
system.platformInfo
  Name string ?
manager.Plugin
  metadata.Metadata
  Name string ?
  Path string ?
  Err error ?
  ShadowedPaths []string ?
metadata.Metadata
  SchemaVersion string ?
  Vendor string ?
  Version string ?
  ShortDescription string ?
  URL string ?
system.versionInfo
  Client system.clientVersion
  Server *types.Version
types.Version
  Platform types.Platform ?
  Components []types.ComponentVersion ?
  Version string
  APIVersion string ApiVersion
  MinAPIVersion string ?
  GitCommit string
  GoVersion string
  Os string
  Arch string
  KernelVersion string ?
  Experimental bool ?
  BuildTime string ?
types.ComponentVersion
  Name string
  Version string
  Details map[string]string ?
types.Platform
  Name string
"""

EVENTS = """
events.Message
  Status string status ?
  ID string id ?
  From string from ?
  Type events.Type
  Action events.Action
  Actor events.Actor
  Scope string scope ?
  Time int64 time ?
  TimeNano int64 timeNano ?
events.Actor
  ID string
  Attributes map[string]string
events.Type = string
events.Action = string
"""

CONTEXT = """
context.contextWithTLSListing
  store.Metadata
  TLSMaterial map[string]store.EndpointFiles
  Storage store.StorageInfo
store.Metadata
  Name string ?
  Metadata command.DockerContext
  Endpoints map[string]any(context.EndpointMetaBase) ?
command.DockerContext
  Description string ?
  AdditionalFields map[string]any -
context.EndpointMetaBase
  Host string ?
  SkipTLSVerify bool
store.EndpointFiles = []string
store.StorageInfo
  MetadataPath string
  TLSPath string
"""

ALL = (CONTAINER, IMAGE, NETWORK, VOLUME, SYSTEM, EVENTS, CONTEXT)
