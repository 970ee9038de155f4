(** What follows without Polyak-Lojasiewicz: how far the layers can move, and convergence for a convex loss. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem1 Theorem2.
Open Scope R_scope.

(** A gradient flow w' = -grad E in n variables, E the loss as a function of them, moves at most sqrt(T (E(0) - E(T))) in
    the time T.  So it is bounded on bounded intervals when E is bounded below: it cannot end by going to infinity. *)
Theorem distance_moved n (E : (nat -> R) -> R) (gradE : (nat -> R) -> nat -> R) (w : nat -> R -> R) T :
  differentiable n E gradE -> 0 <= T ->
  (forall i t, (i < n)%nat -> 0 <= t <= T -> is_derive (w i) t (- gradE (fun k => w k t) i)) ->
  Sum n (fun i => (w i T - w i 0) ^ 2) <= T * (E (fun k => w k 0) - E (fun k => w k T)).
Proof.
  intros smooth hT flow. set (e := fun i => w i T - w i 0). set (N := Sum n (fun i => e i ^ 2)).
  destruct (Req_dec T 0) as [->|ne].
  { rewrite (Sum_zero n); [lra|]. intros i _. replace (w i 0 - w i 0) with 0 by ring. ring. }
  (* <w(t), e> + (T/2) E(w(t)) - t N / (2T) does not increase, as ab <= (T/2) a^2 + b^2/(2T) *)
  set (g := fun t i => gradE (fun k => w k t) i).
  assert (down := nonincreasing
    (fun t => Sum n (fun i => w i t * e i) + T / 2 * E (fun k => w k t) - t * (N / (2 * T)))
    (fun t => Sum n (fun i => - g t i * e i) + T / 2 * (- Sum n (fun i => g t i ^ 2)) - N / (2 * T)) 0 T hT).
  assert (fact : Sum n (fun i => w i T * e i) + T / 2 * E (fun k => w k T) - T * (N / (2 * T)) <=
                 Sum n (fun i => w i 0 * e i) + T / 2 * E (fun k => w k 0) - 0 * (N / (2 * T))).
  { apply down.
    - intros t ht.
      assert (a : is_derive (fun t => Sum n (fun i => w i t * e i)) t (Sum n (fun i => - g t i * e i))).
      { apply is_derive_Sum. intros i hi.
        refine (is_derive_ext _ _ _ _ (fun r => Rmult_comm _ _) (is_derive_to _ _ _ _ (is_derive_scal _ t (e i) _ (flow i t hi ht)) _)).
        reals. unfold g. ring. }
      assert (b := chain_rule n E gradE w (fun i => - g t i) t smooth (fun i hi => flow i t hi ht)).
      assert (c : is_derive (fun t => t * (N / (2 * T))) t (N / (2 * T))) by (auto_derive; [easy|ring]).
      apply (is_derive_to _ _ _ _ (is_derive_minus _ _ t _ _ (is_derive_plus _ _ t _ _ a (is_derive_scal _ t (T / 2) _ b)) c)).
      reals. replace (Sum n (fun i => gradE (fun i0 => w i0 t) i * - g t i)) with (- Sum n (fun i => g t i ^ 2)); [ring|].
      transitivity (-1 * Sum n (fun i => g t i ^ 2)); [ring|]. rewrite <- Sum_scal. apply Sum_ext. intros i _. unfold g. ring.
    - intros t ht. enough (low : Sum n (fun i => - g t i * e i - T / 2 * g t i ^ 2) <= N / (2 * T))
        by (rewrite Sum_minus, Sum_scal in low; lra).
      replace (N / (2 * T)) with (/ (2 * T) * N) by (unfold Rdiv; ring). unfold N. rewrite <- Sum_scal. apply Sum_le.
      intros i _. assert (sq : 0 <= (g t i * T + e i) ^ 2 / (2 * T)) by (apply Rdiv_le_0_compat; [apply pow2_ge_0|lra]).
      replace ((g t i * T + e i) ^ 2 / (2 * T)) with (T / 2 * g t i ^ 2 + g t i * e i + / (2 * T) * e i ^ 2) in sq
        by (field; lra). lra. }
  assert (apart : Sum n (fun i => w i T * e i) - Sum n (fun i => w i 0 * e i) = N).
  { rewrite <- Sum_minus. apply Sum_ext. intros i _. unfold e. ring. }
  replace (T * (N / (2 * T))) with (N / 2) in fact by (field; lra).
  rewrite Rmult_0_l in fact. change (N <= T * (E (fun k => w k 0) - E (fun k => w k T))). lra.
Qed.

(** Convex loss: loss(theta(t)) <= loss(x) + Q(x) / t for every point x, Q the entropy of Theorem 1.  In particular the loss
    tends to its infimum, whether or not it is attained, and at the rate Q(x) / t for a minimizer x. *)
Theorem convex_convergence L d (w : nat -> nat -> R) least : (forall i, (i < d)%nat -> least_layer L (w i) (least i)) ->
  exists Q gradQ, differentiable d Q gradQ /\ strictly_convex d Q gradQ /\
  Q (theta_of L w) = 0 /\ (forall i, (i < d)%nat -> gradQ (theta_of L w) i = 0) /\
  forall F grad T u, differentiable d F grad ->
    (forall x y, F x + Sum d (fun i => grad x i * (y i - x i)) <= F y) ->
    gradient_flow L d F T u -> (forall i k, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) -> 0 < T ->
    forall x, F (theta_of L (now u T)) <= F x + Q x / T.
Proof.
  intro A. destruct (entropy_of_start L d w least A) as [q [q' [m h]]].
  exists (fun x => Sum d (fun i => q i (x i))), (fun x i => q' i (x i)).
  destruct (entropy_is_convex L d w q q' m h) as [smoothQ [convex [zeroQ flatQ]]]. do 4 (split; [easy|]).
  intros F grad T u smooth convexF flow begun hT x.
  set (v := two_sided L grad T u). set (theta := fun t => theta_of L (now v t)).
  assert (fv : forall i, (i < d)%nat -> layer_flow L T (v i) (fun t => grad (theta t) i))
    by (intros i hi; now apply (coordinate_flow L d F grad T u i hi smooth)).
  assert (b : forall i k, (i < d)%nat -> (k < L)%nat -> v i k 0 = w i k).
  { intros i k hi hk. rewrite <- (begun i k hi hk). change (now v 0 i k = now u 0 i k).
    unfold v. now rewrite two_sided_same by lra. }
  assert (start : forall i, (i < d)%nat -> theta 0 i = Prod L (w i)) by (intros i hi; apply Prod_ext; intros; now apply b).
  replace (theta_of L (now u T)) with (theta T) by (unfold theta, v; now rewrite two_sided_same by lra).
  (* the Bregman divergence from theta(t) to x, as it changes with t: minus <grad Q(theta)', x - theta> *)
  set (B := fun t => Sum d (fun i => q i (theta t i)) + Sum d (fun i => q' i (theta t i) * (x i - theta t i))).
  assert (up := nonincreasing (fun t => - B t + t * (F (theta T) - F x))
    (fun t => Sum d (fun i => grad (theta t) i * (x i - theta t i)) + (F (theta T) - F x)) 0 T ltac:(lra)).
  assert (fact : - B T + T * (F (theta T) - F x) <= - B 0 + 0 * (F (theta T) - F x)).
  { apply up.
    - intros t ht. assert (c : is_derive (fun t => t * (F (theta T) - F x)) t (F (theta T) - F x)) by (auto_derive; [easy|ring]).
      assert (dB : is_derive B t (- Sum d (fun i => grad (theta t) i * (x i - theta t i)))).
      { set (th' := fun i => - (grad (theta t) i * Sum L (fun j => Prod L (but j (fun k => v i k t ^ 2))))).
        assert (dth : forall i, (i < d)%nat -> is_derive (fun s => theta s i) t (th' i))
          by (intros i hi; exact (theta_moves L T (v i) _ (fv i hi) t ht)).
        assert (d1 : is_derive (fun t => Sum d (fun i => q i (theta t i))) t (Sum d (fun i => q' i (theta t i) * th' i))).
        { apply is_derive_Sum. intros i hi. destruct (h i hi) as [dq _].
          refine (is_derive_to _ _ _ _ (is_derive_comp (q i) (fun s => theta s i) t _ _ (dq _) (dth i hi)) _). reals. ring. }
        assert (d2 : is_derive (fun t => Sum d (fun i => q' i (theta t i) * (x i - theta t i))) t
            (Sum d (fun i => - grad (theta t) i * (x i - theta t i) + q' i (theta t i) * - th' i))).
        { apply is_derive_Sum. intros i hi. destruct (h i hi) as [_ [_ [_ [_ mirror]]]].
          assert (dq := proj2 (mirror T (v i) _ (fv i hi) (fun k hk => b i k hi hk) t ht)).
          assert (dx := is_derive_minus (fun _ => x i) _ t _ _ (is_derive_const (x i) t) (dth i hi)).
          refine (is_derive_to _ _ _ _ (is_derive_mult _ _ t _ _ dq dx (fun a b => Rmult_comm a b)) _). reals. unfold theta, theta_of, now. ring. }
        apply (is_derive_to _ _ _ _ (is_derive_plus _ _ t _ _ d1 d2)). reals. rewrite <- Sum_plus.
        transitivity (-1 * Sum d (fun i => grad (theta t) i * (x i - theta t i))); [|ring].
        rewrite <- Sum_scal. apply Sum_ext. intros i _. ring. }
      apply (is_derive_to _ _ _ _ (is_derive_plus _ _ t _ _ (is_derive_opp _ t _ dB) c)). reals. ring.
    - intros t ht. assert (a := convexF (theta t) x).
      assert (e := loss_decreases L d F grad T v smooth fv t T ltac:(lra) ltac:(lra)). change (F (theta T) <= F (theta t)) in e. lra. }
  assert (zero : B 0 = 0).
  { unfold B. rewrite (Sum_zero d (fun i => q i (theta 0 i))), (Sum_zero d (fun i => q' i (theta 0 i) * _)); [ring| |].
    - intros i hi. rewrite start by easy. replace (q' i (Prod L (w i))) with 0 by (symmetry; apply h, hi). ring.
    - intros i hi. rewrite start by easy. apply h, hi. }
  assert (below : B T <= Sum d (fun i => q i (x i))).
  { unfold B. rewrite <- Sum_plus. apply Sum_le. intros i hi. destruct (Req_dec (theta T i) (x i)) as [e|ne]; [rewrite e; lra|].
    destruct (h i hi) as [dq [dq' _]]. left. apply (above_tangent (q i) (q' i) (fun y => / m i y)); try easy.
    - intro z. apply dq'.
    - intro z. apply Rinv_0_lt_compat, dq'. }
  rewrite zero in fact.
  apply Rmult_le_reg_l with T; [easy|]. replace (T * (F x + Sum d (fun i => q i (x i)) / T)) with (T * F x + Sum d (fun i => q i (x i)))
    by (field; lra). lra.
Qed.
